// Integers that wrap, floats to the last bit, numbers of any size.
package main

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"math/cmplx"
	"math/rand"
	"strconv"
)

func main() {
	var small int8 = math.MaxInt8
	small++
	var unsigned uint32
	unsigned--
	most := math.MaxInt64
	fmt.Println(small, unsigned, most+1 == math.MinInt64, -7/2, -7%3, uint8(300&0xff), 1<<10, -8>>1)
	x, y := 0.1, 0.2
	fmt.Println(x+y, 1e16+1, math.SmallestNonzeroFloat64, math.Inf(1), math.NaN() == math.NaN(), float32(x)+float32(y))
	fmt.Println(math.Round(-2.5), math.RoundToEven(2.5), math.Floor(-0.5), math.Hypot(3, 4), math.Sqrt(-1), math.FMA(x, y, -0.02))
	fmt.Printf("%x %b %e %.3f %08.3f %g %q %U\n", 0.1, 5, 123456.789, math.Pi, -math.E, 1e21, 'é', '⌘')
	factorial := big.NewInt(1)
	for n := int64(2); n <= 200; n++ {
		factorial.Mul(factorial, big.NewInt(n))
	}
	text := factorial.String()
	fmt.Println(len(text), text[:20], factorial.BitLen(), new(big.Int).Exp(big.NewInt(3), big.NewInt(1_000_000), big.NewInt(1_000_000_007)))
	sum := new(big.Rat)
	for n := int64(1); n < 20; n++ {
		sum.Add(sum, big.NewRat(1, n))
	}
	root := new(big.Float).SetPrec(200).SetInt64(2)
	fmt.Println(sum, root.Sqrt(root).Text('f', 50))
	high, low := bits.Mul64(math.MaxUint64, math.MaxUint64)
	fmt.Println(high, low, bits.OnesCount(255), bits.LeadingZeros32(1), bits.Reverse8(1))
	fmt.Println(cmplx.Sqrt(-2), (1+2i)*(3-1i), cmplx.Abs(3+4i))
	_, err := strconv.Atoi("12a")
	_, overflow := strconv.ParseInt("99999999999999999999", 10, 64)
	number, _ := strconv.ParseInt("-zz", 36, 64)
	fmt.Println(err, overflow, number, strconv.FormatFloat(1.0/3, 'g', -1, 32))
	generator := rand.New(rand.NewSource(42))
	fmt.Println(generator.Intn(100), generator.Intn(100), generator.Perm(5), generator.Float64())
	hash := uint64(14695981039346656037)
	for n := 0; n < 1_000_000; n++ {
		hash = (hash ^ uint64(n&255)) * 1099511628211
	}
	fmt.Println(hash)
}
