package syntax

import (
	"flag"
	"math/rand/v2"
	"strings"
	"testing"
)

var splices = flag.Int("splices", 20_000, "how many spliced statements TestSplice tries")

// TestSplice joins random pieces of the corpus at token boundaries, which
// reaches combinations that byte-wise fuzzing hardly does, and asserts the
// fixpoint for those that parse.
func TestSplice(t *testing.T) {
	var words [][]string
	for _, c := range corpus(t) {
		if strings.Contains(c.text, "ERROR") {
			continue
		}
		tokens := lex(c.text)
		var list []string
		for _, tok := range tokens[:len(tokens)-1] {
			list = append(list, c.text[tok.begin:tok.end])
		}
		words = append(words, list)
	}
	random := rand.New(rand.NewPCG(1, uint64(*splices)))
	piece := func(list []string) []string {
		i := random.IntN(len(list))
		return list[i : i+1+random.IntN(min(12, len(list)-i))]
	}
	parsed := 0
	for range *splices {
		base := words[random.IntN(len(words))]
		for range 1 + random.IntN(2) {
			i := random.IntN(len(base) + 1)
			j := min(len(base), i+random.IntN(4))
			insert := piece(words[random.IntN(len(words))])
			base = append(append(append([]string{}, base[:i]...), insert...), base[j:]...)
		}
		text := strings.Join(base, " ")
		list, err := Parse(text)
		if err != nil {
			continue
		}
		parsed++
		for _, s := range list {
			checkFixpoint(t, chunk{name: text}, s)
		}
		if t.Failed() {
			t.Fatal(text)
		}
	}
	if parsed < *splices/100 {
		t.Errorf("only %d of %d splices parse", parsed, *splices)
	}
	t.Logf("%d of %d parse", parsed, *splices)
}
