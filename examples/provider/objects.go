package provider

// Customer is Stripe's customer.
type Customer struct {
	ID          string            `json:"id"`
	Object      string            `json:"object"`
	Created     int64             `json:"created"`
	Currency    string            `json:"currency"`
	Delinquent  bool              `json:"delinquent"`
	Description string            `json:"description"`
	Email       string            `json:"email"`
	Livemode    bool              `json:"livemode"`
	Metadata    map[string]string `json:"metadata"`
	Name        string            `json:"name"`
	Phone       string            `json:"phone"`
}

// Charge is Stripe's charge. Amounts are minor units of Currency, which is in
// lower case; yen have no minor unit.
type Charge struct {
	ID                   string            `json:"id"`
	Object               string            `json:"object"`
	Amount               int64             `json:"amount"`
	AmountCaptured       int64             `json:"amount_captured"`
	AmountRefunded       int64             `json:"amount_refunded"`
	BillingDetails       BillingDetails    `json:"billing_details"`
	Captured             bool              `json:"captured"`
	Created              int64             `json:"created"`
	Currency             string            `json:"currency"`
	Customer             string            `json:"customer"`
	Description          string            `json:"description"`
	Disputed             bool              `json:"disputed"`
	Livemode             bool              `json:"livemode"`
	Metadata             map[string]string `json:"metadata"`
	Paid                 bool              `json:"paid"`
	PaymentIntent        string            `json:"payment_intent"`
	PaymentMethodDetails PaymentMethod     `json:"payment_method_details"`
	ReceiptEmail         string            `json:"receipt_email"`
	Refunded             bool              `json:"refunded"`
	Status               string            `json:"status"`
}

// BillingDetails are the payer's personal data on a charge.
type BillingDetails struct {
	Email string `json:"email"`
	Name  string `json:"name"`
	Phone string `json:"phone"`
}

// PaymentMethod is how a charge was paid.
type PaymentMethod struct {
	Card Card   `json:"card"`
	Type string `json:"type"`
}

// Card is the little that Stripe tells of a card.
type Card struct {
	Brand   string `json:"brand"`
	Country string `json:"country"`
	Last4   string `json:"last4"`
}

// PaymentIntent is Stripe's payment intent, as far as it leads to its charge.
type PaymentIntent struct {
	ID           string `json:"id"`
	Object       string `json:"object"`
	Amount       int64  `json:"amount"`
	Created      int64  `json:"created"`
	Currency     string `json:"currency"`
	Customer     string `json:"customer"`
	LatestCharge string `json:"latest_charge"`
	Livemode     bool   `json:"livemode"`
	Status       string `json:"status"`
}

// Refund is Stripe's refund.
type Refund struct {
	ID            string            `json:"id"`
	Object        string            `json:"object"`
	Amount        int64             `json:"amount"`
	Charge        string            `json:"charge"`
	Created       int64             `json:"created"`
	Currency      string            `json:"currency"`
	Metadata      map[string]string `json:"metadata"`
	PaymentIntent string            `json:"payment_intent"`
	Reason        *string           `json:"reason"`
	Status        string            `json:"status"`
}

// Ticket is Zendesk's ticket. Times are RFC 3339 in UTC.
type Ticket struct {
	ID          int64    `json:"id"`
	URL         string   `json:"url"`
	CreatedAt   string   `json:"created_at"`
	UpdatedAt   string   `json:"updated_at"`
	Subject     string   `json:"subject"`
	Description string   `json:"description"`
	Status      string   `json:"status"`
	Priority    string   `json:"priority"`
	RequesterID int64    `json:"requester_id"`
	AssigneeID  int64    `json:"assignee_id"`
	ExternalID  *string  `json:"external_id"`
	Tags        []string `json:"tags"`
}

// Comment is one message of a ticket.
type Comment struct {
	ID        int64  `json:"id"`
	Type      string `json:"type"`
	AuthorID  int64  `json:"author_id"`
	Body      string `json:"body"`
	PlainBody string `json:"plain_body"`
	Public    bool   `json:"public"`
	CreatedAt string `json:"created_at"`
}

// User is Zendesk's user. ExternalID is the Stripe customer of an end user.
type User struct {
	ID         int64   `json:"id"`
	URL        string  `json:"url"`
	Name       string  `json:"name"`
	Email      string  `json:"email"`
	Phone      string  `json:"phone"`
	Role       string  `json:"role"`
	Notes      string  `json:"notes"`
	Details    string  `json:"details"`
	TimeZone   string  `json:"time_zone"`
	Locale     string  `json:"locale"`
	CreatedAt  string  `json:"created_at"`
	ExternalID *string `json:"external_id"`
}
