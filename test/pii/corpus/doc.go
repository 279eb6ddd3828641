// Package corpus makes labelled documents to measure finders of personal data
// on: support tickets, answers as of Stripe and Zendesk, results of MCP tools,
// tables, forms, logs, in English and Chinese, with the identity numbers of
// several countries, in the encodings that such values travel in, and among
// numbers that only look personal.
//
// The labels come from the templates that the documents are made of, never from
// a finder. A seed gives the same documents every time. There are two sets of
// templates: a finder may be developed on Open; Held is there to be measured
// on only, and shares none of its sentences and records with Open.
package corpus
