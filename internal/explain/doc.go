// Package explain asks the ladder that decides (internal/decision) on behalf of
// people: one question with its steps, the cases of a policy_test.yaml, two
// versions of a policy side by side. It evaluates nothing itself. What facts and
// sums the gateway would fetch is part of the question.
package explain
