package syntax

// Set is SET key=value. SET alone lists the settings: Key is "".
type Set struct {
	Source
	Key   string
	Value string // raw text up to the semicolon, without surrounding blanks
}

// Unset is UNSET key.
type Unset struct {
	Source
	Key string
}
