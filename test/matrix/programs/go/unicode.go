// Strings as bytes and as runes.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

func reverse(text string) string {
	runes := []rune(text)
	for i, j := 0, len(runes)-1; i < j; i, j = i+1, j-1 {
		runes[i], runes[j] = runes[j], runes[i]
	}
	return string(runes)
}

func main() {
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	fmt.Printf("%q %v %d %d\n", line, err, len(line), utf8.RuneCountInString(line))
	for _, word := range []string{"straße", "Ωμέγα", "ёлка", "日本語", "naïve", "🐍🚀"} {
		fmt.Println(strings.ToUpper(word), strings.Title(word), len(word), utf8.RuneCountInString(word), reverse(word), utf16.Encode([]rune(word)))
	}
	for index, r := range "aé日🚀\xff" {
		fmt.Printf("%d %c %U %t %d\n", index, r, r, unicode.IsLetter(r), utf8.RuneLen(r))
	}
	fmt.Println(utf8.ValidString("a\xff"), strings.ToValidUTF8("a\xffb", "?"), strings.EqualFold("ΣΊΣΥΦΟΣ", "σίσυφος"), unicode.Is(unicode.Han, '語'))
	π := 3.14
	fmt.Println(π, strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, "ÄbcÖ"), strings.Fields(" a\u00a0b\u3000c "))
	fmt.Printf("|%6s|%-6s|%06d|%+q|\n", "日本", "é", -42, "é☺")
}
