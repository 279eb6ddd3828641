// Command program does what a function can be left and come back to in its middle
// for, and what makes control flow of every kind, and prints what came of it.
package main

import (
	"errors"
	"iter"
	"math"
	"runtime"
	"slices"
	"strings"
)

func main() {
	println("relay", relay(50, 20))
	println("choose", choose(200))
	println("recovered", recovered(40))
	println("deep", deep(3_000))
	println("collected", collected(60))
	println("crossed", crossed(23), crossed(24))
	println("matrix", matrix(24))
	println("words", words("the cat and the dog and the bird", 50))
	println("walked", walked(6))
	println("called", called(500))
	println("numbers", int(numbers(64)))
	println("moved", moved(), cleared())
	println("equal", equal(40))
}

// relay hands numbers from goroutine to goroutine: each of them stops in the middle
// of two loops.
func relay(n, width int) (sum int) {
	first := make(chan int)
	in := first
	for i := range width {
		out := make(chan int)
		go func(in, out chan int) {
			for round := range n {
				total := 0
				for k := range 3 {
					total += <-in*(k+i) + round
				}
				for range 3 {
					out <- total % 1_000_003
				}
			}
			close(out)
		}(in, out)
		in = out
	}
	go func() {
		for i := range 3 * n {
			first <- i
		}
	}()
	for v := range in {
		sum = sum*31%1_000_007 + v
	}
	return sum
}

func choose(n int) (sum int) {
	odd, even, done := make(chan int), make(chan int), make(chan bool)
	go func() {
		for i := range n {
			if i%2 == 1 {
				odd <- i
				continue
			}
			even <- i
			runtime.Gosched()
		}
		close(done)
	}()
	for {
		select {
		case v := <-odd:
			sum += 3 * v
		case v := <-even:
			sum += v
		case <-done:
			return sum
		}
	}
}

var errOdd = errors.New("odd")

type shape interface{ area() int }

type square struct{ side int }

func (s square) area() int { return s.side * s.side }

// recovered goes on behind panics of all kinds, in a loop that goes on too.
func recovered(n int) (told string) {
	try := func(i int) (what string) {
		defer func() {
			switch r := recover().(type) {
			case nil:
				what += "."
			case runtime.Error:
				what += "r" + string(rune('a'+len(r.Error())%26))
			case error:
				what += r.Error()
			default:
				what += "?"
			}
		}()
		var none []int
		var missing map[string]int
		var hollow *square
		var empty shape
		switch i % 8 {
		case 0:
			return string(rune(none[i]))
		case 1:
			panic(errOdd)
		case 2:
			missing["x"]++
		case 3:
			return string(rune(hollow.side))
		case 4:
			return string(rune(i / len(none)))
		case 5:
			return string(rune(empty.(square).side))
		case 6:
			for j := range 4 {
				defer func() { what += string(rune('0' + j)) }()
			}
		case 7:
			runtime.Gosched()
			return string(rune(none[:i][0]))
		}
		return "-"
	}
	for i := range n {
		told += try(i)
	}
	return told
}

// deep makes the stack grow below callers that are in their middle.
func deep(n int) int {
	var room [16]int
	for i := range room {
		room[i] = n * i
	}
	if n == 0 {
		return 1
	}
	below := deep(n-1) % 1_000_003
	for _, v := range room {
		below += v % 7
	}
	return below
}

type node struct {
	next *node
	name string
}

func collected(n int) (size int) {
	var list *node
	for i := range n {
		for j := range 200 {
			list = &node{list, strings.Repeat("x", j%17)}
		}
		if i%8 == 0 {
			runtime.GC()
			list = list.next
		}
	}
	for ; list != nil; list = list.next {
		size += len(list.name)
	}
	return size
}

// crossed has a loop with two beginnings.
func crossed(n int) (steps int) {
	if n%2 == 0 {
		goto even
	}
odd:
	steps++
	n = 3*n + 1
even:
	steps++
	n /= 2
	if n == 1 {
		return steps
	}
	if n%2 == 1 {
		goto odd
	}
	goto even
}

func matrix(n int) (sum int) {
outer:
	for i := range n {
		for j := range n {
			for k := 0; ; k++ {
				switch {
				case k == j && i == k:
					continue outer
				case k > i+j:
					break
				case (i*j+k)%5 == 3:
					sum++
					fallthrough
				case k%2 == 0:
					sum += i ^ j
					continue
				}
				if k > n {
					sum += k
					break
				}
			}
		}
	}
	return sum
}

func words(text string, n int) (out string) {
	counts := map[string]int{}
	for range n {
		for word := range strings.FieldsSeq(text) {
			counts[word] += len(word)
		}
	}
	keys := make([]string, 0, len(counts))
	for k := range counts {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int { return counts[b] - counts[a] + strings.Compare(a, b) })
	for _, k := range keys {
		out += k + strings.Repeat("!", counts[k]%7)
	}
	return out
}

// tree is walked by a function that is called back from the middle of another.
func tree(depth int) iter.Seq[int] {
	return func(yield func(int) bool) {
		if depth == 0 || !yield(depth) {
			return
		}
		for range 2 {
			for v := range tree(depth - 1) {
				if !yield(v + 1) {
					return
				}
			}
		}
	}
}

func walked(depth int) (sum int) {
	next, stop := iter.Pull(tree(depth))
	defer stop()
	for v, ok := next(); ok && sum < 300; v, ok = next() {
		sum += v
	}
	for v := range tree(depth) {
		if v == depth {
			sum += 1000
		}
	}
	return sum
}

func called(n int) (sum int) {
	shapes := []shape{square{2}, square{3}}
	add := func(by int) func(int) int { return func(v int) int { return v + by } }
	for i := range n {
		sum = add(shapes[i%2].area())(sum) % 10_007
	}
	return sum
}

func numbers(n int) float64 {
	sum := 0.0
	for i := 1; i < n; i++ {
		x := math.Sqrt(float64(i)) * 1e3
		sum += float64(int32(x)) + float64(uint8(i*37)) + math.Floor(x/float64(i))
		if math.IsInf(1/(x-1e3), 1) || uint64(x) > 7000 {
			sum -= float64(float32(x))
		}
	}
	return sum
}

// moved copies every few bytes over themselves, by sizes that the compiler knows and
// by others.
func moved() (sum int) {
	var room, was [96]byte
	for from := range 48 {
		for to := range 48 {
			for size := range 48 {
				for i := range room {
					room[i] = byte(i*7 + size)
				}
				was = room
				copy(room[to:to+size], room[from:from+size])
				for i, c := range room {
					if i >= to && i < to+size && c != was[i-to+from] || (i < to || i >= to+size) && c != was[i] {
						println("moved", from, to, size, "wrong at", i)
					}
				}
			}
			*(*[17]byte)(room[to:]) = *(*[17]byte)(room[from:])
			*(*[40]byte)(room[to:]) = *(*[40]byte)(room[from:])
			*(*[31]byte)(room[from:]) = *(*[31]byte)(room[to:])
			for _, c := range room {
				sum = sum*31%1_000_007 + int(c)
			}
		}
	}
	return sum
}

func cleared() (sum int) {
	var room [160]byte
	for at := range 30 {
		for i := range room {
			room[i] = byte(i + 1)
		}
		*(*[33]byte)(room[at:]) = [33]byte{}
		*(*[90]byte)(room[at+40:]) = [90]byte{}
		for _, c := range room {
			sum = sum*31%1_000_007 + int(c)
		}
	}
	return sum
}

// equal counts the texts that are told to be equal, of all lengths at all places, one
// byte of them changed or none.
func equal(longest int) (count int) {
	a, b := make([]byte, longest+8), make([]byte, longest+8)
	for length := range longest {
		for place := range 8 {
			for changed := range length + 1 {
				copy(b[place:], a)
				if changed < length {
					b[place+changed] ^= 1
				}
				if string(a[:length]) == string(b[place:][:length]) {
					count++
				}
			}
			clear(b)
		}
	}
	return count
}
