package provider

// DeletedCustomer is what Stripe leaves of a customer that was deleted.
type DeletedCustomer struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Deleted bool   `json:"deleted"`
}

// Price is Stripe's price of a subscription, for one period.
type Price struct {
	ID         string    `json:"id"`
	Object     string    `json:"object"`
	Active     bool      `json:"active"`
	Created    int64     `json:"created"`
	Currency   string    `json:"currency"`
	Livemode   bool      `json:"livemode"`
	Nickname   string    `json:"nickname"`
	Product    string    `json:"product"`
	Recurring  Recurring `json:"recurring"`
	Type       string    `json:"type"`
	UnitAmount int64     `json:"unit_amount"`
}

// Recurring is how long a period is.
type Recurring struct {
	Interval      string `json:"interval"`
	IntervalCount int64  `json:"interval_count"`
}

// Subscription is Stripe's subscription with its one item.
type Subscription struct {
	ID                string            `json:"id"`
	Object            string            `json:"object"`
	CancelAt          *int64            `json:"cancel_at"`
	CancelAtPeriodEnd bool              `json:"cancel_at_period_end"`
	CanceledAt        *int64            `json:"canceled_at"`
	Created           int64             `json:"created"`
	Currency          string            `json:"currency"`
	Customer          string            `json:"customer"`
	EndedAt           *int64            `json:"ended_at"`
	Items             Items             `json:"items"`
	Livemode          bool              `json:"livemode"`
	Metadata          map[string]string `json:"metadata"`
	StartDate         int64             `json:"start_date"`
	Status            string            `json:"status"`
}

// Items is the list inside a subscription.
type Items struct {
	Object  string `json:"object"`
	Data    []Item `json:"data"`
	HasMore bool   `json:"has_more"`
	URL     string `json:"url"`
}

// Item is what is subscribed to.
type Item struct {
	ID                 string            `json:"id"`
	Object             string            `json:"object"`
	Created            int64             `json:"created"`
	CurrentPeriodEnd   int64             `json:"current_period_end"`
	CurrentPeriodStart int64             `json:"current_period_start"`
	Metadata           map[string]string `json:"metadata"`
	Price              Price             `json:"price"`
	Quantity           int64             `json:"quantity"`
	Subscription       string            `json:"subscription"`
}
