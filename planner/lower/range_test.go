package lower

import "testing"

// Boundaries of texts lie between the bounds, in the order of their shares, whatever
// the bounds have in common and whether or not their bytes are ASCII.
func TestTextBoundary(t *testing.T) {
	for _, bounds := range [][2]string{
		{"", "z"}, {"a", "b"}, {"id0000000001", "id0000100000"}, {"same", "same and more"},
		{" !", "~~~~~~~~~~"}, {"a", "\u00e9t\u00e9"}, {"\u4e2d", "\u6587"},
	} {
		low, high := bounds[0], bounds[1]
		last := ""
		for i := 1; i < 64; i++ {
			v := textBoundary(low, high, float64(i)/64).(string)
			if v < last {
				t.Errorf("%q to %q: boundary %d is %q, after %q", low, high, i, v, last)
			}
			last = v
		}
	}
	if first, mid := textBoundary("aa", "az", 0.01).(string), textBoundary("aa", "az", 0.5).(string); first[:2] != "aa" || mid[:1] != "a" || mid[1] < 'l' || mid[1] > 'n' {
		t.Errorf("boundaries from aa to az: %q, %q", first, mid)
	}
}
