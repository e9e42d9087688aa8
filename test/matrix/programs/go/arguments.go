// Parses its arguments, then shows them as they came.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"time"
)

func main() {
	count := flag.Int("count", 1, "how often")
	wait := flag.Duration("wait", time.Second, "how long")
	loud := flag.Bool("loud", false, "whether to shout")
	flag.Parse()
	for _, name := range flag.Args() {
		if *loud {
			name = strings.ToUpper(name)
		}
		fmt.Println(strings.TrimSpace(strings.Repeat(name+" ", *count)))
	}
	fmt.Println(*wait, flag.NArg(), os.Args[0])
	for i, argument := range os.Args[1:] {
		fmt.Printf("%d %+q %d\n", i+1, argument, len(argument))
	}
}
