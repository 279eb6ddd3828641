// Package authority is the approval matrix: who may vote on what. It is pure
// and knows neither tenants nor stores.
package authority
