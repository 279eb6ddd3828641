// Package authority is the approval matrix: who may vote on what, and how
// many must. It is pure and knows neither tenants nor stores. What it cannot
// tell, it refuses: without a voter, a group or a number nobody may and nothing
// suffices; an amount that cannot be compared is above every threshold and every
// limit.
package authority
