// A walk through the standard library.
package main

import (
	"bytes"
	"compress/gzip"
	"container/heap"
	"container/list"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/csv"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"go/parser"
	"hash/crc32"
	"html/template"
	"io"
	"log"
	"net/url"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"runtime/debug"
	"sort"
	"strings"
	"text/tabwriter"
)

type item struct {
	Name  string            `json:"name" xml:"name,attr"`
	Price float64           `json:"price,omitempty" xml:"price"`
	Tags  []string          `json:"tags" xml:"tag"`
	Extra map[string]string `json:"extra,omitempty" xml:"-"`
}

type numbers []int

func (n numbers) Len() int            { return len(n) }
func (n numbers) Less(i, j int) bool  { return n[i] < n[j] }
func (n numbers) Swap(i, j int)       { n[i], n[j] = n[j], n[i] }
func (n *numbers) Push(x interface{}) { *n = append(*n, x.(int)) }
func (n *numbers) Pop() interface{} {
	last := (*n)[len(*n)-1]
	*n = (*n)[:len(*n)-1]
	return last
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	one := item{"é<b>", 1.5, []string{"x", "y"}, map[string]string{"k": "v"}}
	text, err := json.Marshal(one)
	check(err)
	var back item
	check(json.Unmarshal(text, &back))
	fmt.Println(string(text), reflect.DeepEqual(one, back))
	var syntax *json.SyntaxError
	fmt.Println(errors.As(json.Unmarshal([]byte(`{"a":]`), &back), &syntax), syntax)
	markup, err := xml.Marshal(one)
	check(err)
	fmt.Println(string(markup))

	data := []byte(strings.Repeat("the quick brown fox ", 50))
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	writer.Write(data)
	check(writer.Close())
	size := packed.Len()
	reader, err := gzip.NewReader(&packed)
	check(err)
	unpacked, err := io.ReadAll(reader)
	check(err)
	fmt.Println(size < 120, bytes.Equal(data, unpacked), crc32.ChecksumIEEE(data))
	mac := hmac.New(sha256.New, []byte("key"))
	mac.Write(data)
	fmt.Println(hex.EncodeToString(mac.Sum(nil))[:16], base64.URLEncoding.EncodeToString([]byte{250, 251, 252}))
	block, err := aes.NewCipher(make([]byte, 16))
	check(err)
	sealer, err := cipher.NewGCM(block)
	check(err)
	nonce := make([]byte, sealer.NonceSize())
	_, err = rand.Read(nonce)
	check(err)
	opened, err := sealer.Open(nil, nonce, sealer.Seal(nil, nonce, data, nil), nil)
	fmt.Println(bytes.Equal(opened, data), err)

	var stored bytes.Buffer
	check(gob.NewEncoder(&stored).Encode(one))
	check(gob.NewDecoder(&stored).Decode(&back))
	rows, err := csv.NewReader(strings.NewReader("id,text\n1,\"a, \"\"b\"\"\"\n")).ReadAll()
	fmt.Println(back.Name, rows, err, binary.BigEndian.Uint32([]byte{1, 2, 3, 4}))
	queue := &numbers{5, 1, 4}
	heap.Init(queue)
	heap.Push(queue, 2)
	fmt.Println(heap.Pop(queue), heap.Pop(queue), sort.SearchInts([]int{1, 3, 5}, 4))
	chain := list.New()
	chain.PushFront(1)
	chain.PushBack("end")
	fmt.Println(chain.Len(), chain.Front().Next().Value)
	pattern := regexp.MustCompile(`(?P<user>\w+)@(\w+)\.com`)
	fmt.Println(pattern.ReplaceAllString("bob@example.com", "$2:${user}"), pattern.FindAllString("a@b.com c@d.com", -1))
	address, err := url.Parse("http://u@h:8/p?q=a+b#f")
	check(err)
	fmt.Println(address.Port(), address.Query().Get("q"), url.QueryEscape("a b&c"))
	page := template.Must(template.New("").Parse("<p>{{range $i, $t := .Tags}}{{if $i}}, {{end}}{{$t}}{{end}} {{.Name}}</p>\n"))
	check(page.Execute(os.Stdout, one))
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 1, '.', tabwriter.AlignRight)
	fmt.Fprintln(table, "a\tbbb\tc\t")
	fmt.Fprintln(table, "aaaa\tb\tccc\t")
	check(table.Flush())
	expression, err := parser.ParseExpr("1 + f(x)")
	fmt.Printf("%T %v\n", expression, err)
	command := exec.Command("tr", "a-z", "A-Z")
	command.Stdin = strings.NewReader("shout\n")
	output, err := command.Output()
	fmt.Printf("%q %v\n", output, err)
	fmt.Println(exec.Command("sh", "-c", "exit 3").Run())
	info, ok := debug.ReadBuildInfo()
	fmt.Println(ok, info.Path)
	log.SetFlags(0)
	log.SetOutput(os.Stdout)
	log.Print("end")
}
