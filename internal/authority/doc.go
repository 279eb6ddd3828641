// Package authority is the approval matrix: who may vote on what, and when the
// votes suffice. It is pure and knows neither tenants nor stores. What it cannot
// tell, it refuses: without a voter, a group or a number nobody may and nothing
// suffices.
package authority
