package database

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// Limits of what one query hands out.
const (
	maxOrders  = 50
	maxExports = 1000
)

// The arguments and answers of the queries.
type (
	findOrders struct {
		Customer string `json:"customer" jsonschema:"the customer's id"`
		Status   string `json:"status,omitempty" jsonschema:"only orders that are open, shipped or refunded"`
	}
	foundOrders struct {
		Orders []Order `json:"orders"`
	}
	getOrder struct {
		Order string `json:"order" jsonschema:"the order's id"`
	}
	gotOrder struct {
		Order Order `json:"order"`
	}
	totals struct {
		GroupBy string `json:"group_by" jsonschema:"country, segment or status"`
	}
	total struct {
		Group     string `json:"group"`
		Customers int    `json:"customers" jsonschema:"how many customers are in the group"`
		Orders    int    `json:"orders"`
		Total     int64  `json:"total" jsonschema:"in cents"`
	}
	totalled struct {
		Groups        []total `json:"groups"`
		SmallestGroup int     `json:"smallest_group" jsonschema:"how many customers are in the smallest group"`
	}
	export struct {
		Segment string `json:"segment" jsonschema:"annual or monthly"`
		Limit   int    `json:"limit" jsonschema:"how many customers at most"`
	}
	exported struct {
		Customers []Customer `json:"customers"`
	}
)

// offer adds the queries to a server.
func (d *Database) offer(s *mcp.Server) {
	read := &mcp.ToolAnnotations{ReadOnlyHint: true}
	add(s, "find_orders", "Find the orders of one customer.", read, d.find)
	add(s, "order_get", "Read one order.", read, d.get)
	add(s, "order_totals", "Count and sum orders in groups.", read, d.totals)
	add(s, "customers_export", "Hand out a list of customers; every export is noted.", nil, d.export)
}

func add[In, Out any](s *mcp.Server, name, description string, a *mcp.ToolAnnotations, query func(In) (Out, error)) {
	mcp.AddTool(s, &mcp.Tool{Name: name, Description: description, Annotations: a},
		func(_ context.Context, _ *mcp.CallToolRequest, in In) (*mcp.CallToolResult, Out, error) {
			out, err := query(in)
			return nil, out, err
		})
}

func (d *Database) find(q findOrders) (foundOrders, error) {
	out := foundOrders{Orders: []Order{}}
	for _, o := range d.orders {
		if o.Customer == q.Customer && (q.Status == "" || o.Status == q.Status) && len(out.Orders) < maxOrders {
			out.Orders = append(out.Orders, o)
		}
	}
	return out, nil
}

func (d *Database) get(q getOrder) (gotOrder, error) {
	for _, o := range d.orders {
		if o.ID == q.Order {
			return gotOrder{o}, nil
		}
	}
	return gotOrder{}, errors.New("there is no such order")
}

// groupOf is the group an order of a customer falls into.
var groupOf = map[string]func(Customer, Order) string{
	"country": func(c Customer, _ Order) string { return c.Country },
	"segment": func(c Customer, _ Order) string { return c.Segment },
	"status":  func(_ Customer, o Order) string { return o.Status },
}

func (d *Database) totals(q totals) (totalled, error) {
	group, ok := groupOf[q.GroupBy]
	if !ok {
		return totalled{}, errors.New("group_by must be country, segment or status")
	}
	byID := map[string]Customer{}
	for _, c := range customers {
		byID[c.ID] = c
	}
	groups, members := map[string]*total{}, map[[2]string]bool{}
	for _, o := range d.orders {
		name := group(byID[o.Customer], o)
		if groups[name] == nil {
			groups[name] = &total{Group: name}
		}
		g := groups[name]
		g.Orders, g.Total = g.Orders+1, g.Total+o.Total
		if member := [2]string{name, o.Customer}; !members[member] {
			members[member], g.Customers = true, g.Customers+1
		}
	}
	return summed(groups), nil
}

func summed(groups map[string]*total) totalled {
	var out totalled
	for _, g := range groups {
		out.Groups = append(out.Groups, *g)
	}
	slices.SortFunc(out.Groups, func(a, b total) int { return cmp.Compare(a.Group, b.Group) })
	for i, g := range out.Groups {
		if i == 0 || g.Customers < out.SmallestGroup {
			out.SmallestGroup = g.Customers
		}
	}
	return out
}

func (d *Database) export(q export) (exported, error) {
	if q.Limit < 1 || q.Limit > maxExports {
		return exported{}, fmt.Errorf("limit must be from 1 to %d", maxExports)
	}
	out := exported{Customers: []Customer{}}
	for _, c := range customers {
		if c.Segment == q.Segment && len(out.Customers) < q.Limit {
			out.Customers = append(out.Customers, c)
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.exports = append(d.exports, Export(q))
	return out, nil
}
