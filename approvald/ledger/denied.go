package ledger

// deniedLike are, besides an intent, up to limit denials of its customer and up to limit of
// the same effect. Each comes from an index of denials alone, which a statement finds by
// the state as it is spelled there.
func deniedLike(i *Intent, limit int) (where string, args []any) {
	newest := func(column string) string {
		return "SELECT seq FROM (SELECT seq FROM intents WHERE tenant = ? AND " + column + " = ? AND state = 'denied' AND id <> ? ORDER BY seq DESC LIMIT ?) AS by_" + column
	}
	wanted := newest("business_key")
	args = []any{i.Tenant, i.BusinessKey, i.ID, limit}
	if customer := i.Identity.Session.Customer; customer != "" {
		wanted += " UNION " + newest("customer")
		args = append(args, i.Tenant, customer, i.ID, limit)
	}
	return " AND seq IN (" + wanted + ")", args
}
