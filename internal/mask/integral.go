package mask

// maxIntegral is how many digits integral writes: a card has no more.
const maxIntegral = 19

// integral is what a JSON number is without its sign when that is whole: the
// digits of 4242424242424242 for 4242424242424242.0, for 4.242424242424242e15 and
// for -4242424242424242. It is nil for other numbers, and for those with more
// digits than a card.
func integral(token []byte, room *[maxIntegral]byte) []byte {
	digits, power := room[:0], 0 // the number is digits times ten to the power
	fraction, zeros := false, 0  // zeros wait until a digit follows
	for i, c := range token {
		switch {
		case c == '-':
		case c == '.':
			fraction = true
		case c == 'e' || c == 'E':
			return scaled(digits, power+zeros+exponent(token[i+1:]))
		case c == '0' && len(digits) == 0: // leads
			if fraction {
				power--
			}
		case len(digits)+zeros >= maxIntegral && c != '0':
			return nil
		case c == '0':
			if zeros++; fraction {
				power--
			}
		default:
			for ; zeros > 0; zeros-- {
				digits = append(digits, '0')
			}
			if digits = append(digits, c); fraction {
				power--
			}
		}
	}
	return scaled(digits, power+zeros)
}

// scaled is digits, of which the last is no zero, times ten to the power.
func scaled(digits []byte, power int) []byte {
	if power < 0 || len(digits)+power > maxIntegral {
		return nil
	}
	for range power {
		digits = append(digits, '0')
	}
	return digits
}

// exponent is bounded: beyond a few digits it makes no whole number of a card's
// length.
func exponent(text []byte) int {
	n, sign := 0, 1
	for _, c := range text {
		switch {
		case c == '-':
			sign = -1
		case c == '+':
		case n < 1<<20:
			n = n*10 + int(c-'0')
		}
	}
	return sign * n
}
