// Package scripted is a model that needs no provider: a server with the two
// interfaces of OpenAI that agent frameworks speak (/v1/chat/completions and
// /v1/responses). It answers with the steps of a written script, one tool call
// or text at a time, and keeps what the model is shown: the results of its calls,
// in the words that reach it.
//
// It has no state but the script. Which step comes next is read off the
// conversation, so that a framework that sends a request again gets the same
// answer. It does not stream.
package scripted
