package builtin

import (
	"bytes"
	"net/url"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// codingFunctions lists the functions of URLs and character sets.
func codingFunctions() []*udf.Function {
	s, b := types.StringType, types.BinaryType
	return []*udf.Function{
		{Name: "parse_url", Family: "string", Args: typeList(s, s, s), Optional: 1, Returns: s,
			Doc:  udf.Doc{Summary: "A part of a URL: HOST, PATH, QUERY (or the value of a key in it), REF, PROTOCOL, AUTHORITY, FILE or USERINFO; NULL if it has none.", Example: "parse_url('https://example.com/a/b?k=v#r', 'QUERY', 'k')", Result: "v"},
			Eval: kernel.RowsText(parseURL)},
		{Name: "url_encode", Family: "string", Args: typeList(s, s), Optional: 1, Returns: s,
			Doc: udf.Doc{Summary: "The text in form encoding: a blank becomes +.", Example: "url_encode('a b&c')", Result: "a+b%26c"},
			Eval: kernel.RowsText(func(r *kernel.Row, dst []byte) ([]byte, error) {
				raw, err := toCharset(r.Text(0), optionalText(r, 1, "utf-8"))
				return append(dst, url.QueryEscape(string(raw))...), err
			})},
		{Name: "url_decode", Family: "string", Args: typeList(s, s), Optional: 1, Returns: s,
			Doc: udf.Doc{Summary: "The text of which the argument is the form encoding; NULL if it is none.", Example: "url_decode('a+b%26c')", Result: "a b&c"},
			Eval: kernel.RowsText(func(r *kernel.Row, dst []byte) ([]byte, error) {
				raw, err := url.QueryUnescape(string(r.Text(0)))
				if err != nil {
					return nil, kernel.Null
				}
				out, err := fromCharset([]byte(raw), optionalText(r, 1, "utf-8"))
				return append(dst, out...), err
			})},
		{Name: "encode", Family: "string", Args: typeList(s, s), Returns: b,
			Doc: udf.Doc{Summary: "The bytes of a text in a character set: UTF-8, UTF-16, UTF-16LE, UTF-16BE, ISO-8859-1, US-ASCII or GBK.", Example: "hex(encode('ab', 'UTF-16BE'))", Result: "00610062"},
			Eval: kernel.Text2(func(dst, s, set []byte) ([]byte, error) {
				out, err := toCharset(s, set)
				return append(dst, out...), err
			})},
		{Name: "from_charset", Family: "string", Args: typeList(b, s, s), Optional: 1, Returns: s,
			Doc: udf.Doc{Summary: "The text that bytes say in a character set.", Example: "from_charset(unhex('00610062'), 'UTF-16BE')", Result: "ab"},
			Eval: kernel.RowsText(func(r *kernel.Row, dst []byte) ([]byte, error) {
				out, err := fromCharset(r.Text(0), r.Text(1))
				return append(dst, out...), err
			})},
		{Name: "is_encoding", Family: "string", Args: typeList(s, s, s), Returns: types.BooleanType,
			Doc: udf.Doc{Summary: "Whether a text of the first character set can be written in the second.", Example: "is_encoding('龟', 'utf-8', 'iso-8859-1')", Result: "false"},
			Eval: kernel.Rows(func(r *kernel.Row) (bool, error) {
				text, err := fromCharset(r.Text(0), r.Text(1))
				if err != nil || !utf8.Valid(text) {
					return false, charsetError(err)
				}
				_, err = toCharset(text, r.Text(2))
				return err == nil, charsetError(err)
			})},
	}
}

// charsetError is err unless it only says that a text is not in the character set.
func charsetError(err error) error {
	if err == kernel.Null {
		return nil
	}
	return err
}

func charset(name []byte) (encoding.Encoding, error) {
	switch strings.ToLower(string(name)) {
	case "utf-8", "utf8":
		return encoding.Nop, nil
	case "utf-16":
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM), nil
	case "utf-16be":
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), nil
	case "utf-16le":
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), nil
	case "iso-8859-1", "latin1":
		return charmap.ISO8859_1, nil
	case "us-ascii", "ascii":
		return nil, nil
	case "gbk", "gb2312", "gb18030":
		return simplifiedchinese.GB18030, nil
	}
	return nil, invalid("no character set is called '%s'", name).WithHint("there are UTF-8, UTF-16, UTF-16LE, UTF-16BE, ISO-8859-1, US-ASCII and GBK")
}

// toCharset writes s in a character set; Null if it cannot be.
func toCharset(s, name []byte) ([]byte, error) {
	set, err := charset(name)
	if err != nil {
		return nil, err
	}
	if set == nil {
		if !isASCII(s) {
			return nil, kernel.Null
		}
		return s, nil
	}
	return orNull(set.NewEncoder().Bytes(s))
}

func fromCharset(s, name []byte) ([]byte, error) {
	set, err := charset(name)
	if err != nil {
		return nil, err
	}
	if set == nil {
		if !isASCII(s) {
			return nil, kernel.Null
		}
		return s, nil
	}
	return orNull(set.NewDecoder().Bytes(s))
}

// parseURL cuts by hand, so that malformed escapes in one part do not hide another.
func parseURL(r *kernel.Row, dst []byte) ([]byte, error) {
	scheme, rest, ok := bytes.Cut(r.Text(0), []byte("://"))
	if !ok {
		return nil, kernel.Null
	}
	rest, ref, hasRef := bytes.Cut(rest, []byte("#"))
	rest, query, hasQuery := bytes.Cut(rest, []byte("?"))
	authority, path := rest, []byte(nil)
	if i := bytes.IndexByte(rest, '/'); i >= 0 {
		authority, path = rest[:i], rest[i:]
	}
	user, host, hasUser := bytes.Cut(authority, []byte("@"))
	if !hasUser {
		host = authority
	}
	part, has := []byte(nil), true
	switch name := strings.ToUpper(string(r.Text(1))); name {
	case "PROTOCOL":
		part = scheme
	case "AUTHORITY":
		part = authority
	case "USERINFO":
		part, has = user, hasUser
	case "HOST":
		part = trimPort(host)
	case "PATH":
		part = path
	case "QUERY":
		part, has = query, hasQuery
		if r.Len() > 2 {
			part, has = queryValue(query, r.Text(2))
		}
	case "REF":
		part, has = ref, hasRef
	case "FILE":
		if dst = append(dst, path...); hasQuery {
			dst = append(append(dst, '?'), query...)
		}
		return dst, nil
	default:
		return nil, invalid("a URL has no part '%s'", r.Text(1)).WithHint("parts are HOST, PATH, QUERY, REF, PROTOCOL, AUTHORITY, FILE and USERINFO")
	}
	if !has {
		return nil, kernel.Null
	}
	return append(dst, part...), nil
}

// trimPort cuts the port, but not the colons of an IPv6 address.
func trimPort(host []byte) []byte {
	if i := bytes.LastIndexByte(host, ':'); i >= 0 && bytes.IndexByte(host[i:], ']') < 0 {
		return host[:i]
	}
	return host
}

func queryValue(query, key []byte) ([]byte, bool) {
	for len(query) > 0 {
		var pair []byte
		pair, query, _ = bytes.Cut(query, []byte("&"))
		if k, v, _ := bytes.Cut(pair, []byte("=")); bytes.Equal(k, key) {
			return v, true
		}
	}
	return nil, false
}
