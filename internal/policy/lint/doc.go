// Package lint reads a policy that compiles and says what it means: from which
// amount on people are asked, and which rules cannot do what they look like.
//
// Amounts come from asking the engine itself, amount by amount, under the
// friendliest circumstances that the conditions speak about. Rules are compared
// by the parts of their conditions that && joins, so that a finding is always
// true; what cannot be compared that way is not reported.
package lint
