package main

import (
	"fmt"
	"time"

	"github.com/sallyport/sallyport/internal/keyring"
)

type keysCommand struct {
	List     keysList     `cmd:"" help:"List the keys that sign and verify, never their values."`
	Rotate   keysRotate   `cmd:"" help:"Make a new key. Of those that sign, the one before goes on verifying for 24 hours; of those that seal, it goes on opening."`
	Withdraw keysWithdraw `cmd:"" help:"Refuse at once what an older key signed, because others could have it."`
}

// purposeArg is what a person may rotate.
type purposeArg struct {
	Purpose string `arg:"" help:"What the key is for: token, admission, order or operator, which sign; surrogate or bodies, which seal." enum:"token,admission,order,operator,surrogate,bodies"`
}

type keysList struct {
	dataFlag
	jsonFlag
}

// keyRow is one key as it is printed.
type keyRow struct {
	ID      string    `json:"id"`
	Signs   bool      `json:"signs"`
	Made    time.Time `json:"made"`
	Retires time.Time `json:"retires,omitzero"`
}

// Run lists every purpose's keys.
func (c *keysList) Run(s *surroundings) error {
	ring, err := c.ring()
	if err != nil {
		return err
	}
	out, rows := []keyRow{}, [][]string{{"KEY", "SIGNS", "MADE", "VERIFIES UNTIL"}}
	for _, purpose := range keyring.SigningPurposes() {
		for _, k := range ring.Keys(purpose, time.Now()) {
			out = append(out, keyRow{ID: k.ID, Signs: k.Signs, Made: k.Made.UTC(), Retires: k.Retires.UTC()})
			row := []string{k.ID, "", k.Made.UTC().Format(time.RFC3339), ""}
			if k.Signs {
				row[1] = "yes"
			}
			if !k.Retires.IsZero() {
				row[3] = k.Retires.UTC().Format(time.RFC3339)
			}
			rows = append(rows, row)
		}
	}
	if c.JSON {
		return printJSON(s.stdout, out)
	}
	return printTable(s.stdout, rows)
}

type keysRotate struct {
	dataFlag
	jsonFlag
	purposeArg
}

// Run makes the key; a running gateway follows the folder.
func (c *keysRotate) Run(s *surroundings) error {
	ring, err := c.ring()
	if err != nil {
		return err
	}
	var id, said string
	switch p := keyring.SecretPurpose(c.Purpose); p {
	case keyring.Surrogate, keyring.Bodies:
		id, err = ring.RotateSecret(p)
		said = "%s seals in some seconds. What was sealed before still opens, as long as the older key files stay.\n"
	default:
		id, err = ring.Rotate(keyring.SigningPurpose(c.Purpose))
		said = "%s signs in some seconds. The key before it verifies for 24 hours more; `sallyport keys withdraw` ends it at once.\n"
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.stdout, map[string]string{"id": id})
	}
	_, err = fmt.Fprintf(s.stdout, said, id)
	return err
}

type keysWithdraw struct {
	dataFlag
	jsonFlag
	ID string `arg:"" help:"The key's id, as 'keys list' shows it."`
}

// Run removes the key.
func (c *keysWithdraw) Run(s *surroundings) error {
	ring, err := c.ring()
	if err != nil {
		return err
	}
	purpose, ok := keyring.PurposeOf(c.ID)
	if !ok {
		return fmt.Errorf("%q is no key's id: `sallyport keys list` shows them", c.ID)
	}
	if err := ring.Withdraw(purpose, c.ID); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.stdout, map[string]string{"withdrawn": c.ID})
	}
	_, err = fmt.Fprintf(s.stdout, "%s is withdrawn. A running gateway refuses what it signed within a second.\n", c.ID)
	return err
}
