// Package wasmflow rewrites the WebAssembly that the Go compiler makes so that an
// engine can optimize it.
//
// Go's goroutines may leave a function in the middle of it and come back there, which
// WebAssembly cannot. So the compiler makes of each function a loop around a table of
// its blocks, and of every jump, backward or forward, one through that table. An
// engine sees no loops of the source in it: each turn of one costs as much as several
// comparisons, and nothing is kept in registers across it.
//
// Here every such function is made twice. One copy, which is entered at the beginning
// alone, has the blocks, loops and branches of its own control flow. The other is the
// function as it was; it goes on where a goroutine that was suspended, or a panic that
// was recovered, comes back to its middle. What is computed, what stands on Go's stack
// and the addresses that calls return to are the same in both, so a goroutine can
// leave one and come back in the other.
//
// In the first copy, moves of few bytes are loads and stores, for which engines stay in
// WebAssembly; conditions keep the width they come with; and what stands on Go's stack
// is reached from its pointer. Two texts are compared a word at a time, where Go's
// library takes a byte.
//
// Which branches are hardly ever taken, to a panic, a larger stack or the way out, stands
// in a section of hints, so that the engine writes what is behind them apart.
//
// A function whose form is not the one that the compiler of today gives to it is left
// as it is: what is not understood is slower, and never wrong.
package wasmflow
