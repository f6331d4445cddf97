package builtin

import (
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash/crc32"
	"io"
	"math"
	"strconv"

	"github.com/bixidata/bixi/batch"
	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// hashFunctions lists hashes, checksums and byte encodings.
func hashFunctions() []*udf.Function {
	s, b, l := types.StringType, types.BinaryType, types.BigIntType
	// either takes a text or BINARY.
	either := func(name, summary, example, result string, returns types.Type, eval udf.Eval, aliases ...string) *udf.Function {
		return overloaded(udf.Function{Name: name, Aliases: aliases, Family: "hash", Doc: udf.Doc{Summary: summary, Example: example, Result: result}},
			variant{args: typeList(s), returns: returns, eval: eval}, variant{args: typeList(b), returns: returns, eval: eval})
	}
	return []*udf.Function{
		either("md5", "The MD5 digest in hexadecimal digits.", "md5('a')", "0cc175b9c0f1b6a831c399e269772661", s,
			kernel.Text1(func(dst, s []byte) []byte { d := md5.Sum(s); return hex.AppendEncode(dst, d[:]) })),
		either("sha", "The SHA-1 digest in hexadecimal digits.", "sha1('ABC')", "3c01bdbb26f358bab27f267924aa2c9a03fcfdb8", s,
			kernel.Text1(func(dst, s []byte) []byte { d := sha1.Sum(s); return hex.AppendEncode(dst, d[:]) }), "sha1"),
		overloaded(udf.Function{Name: "sha2", Family: "hash",
			Doc: udf.Doc{Summary: "The SHA-2 digest of 224, 256 (also 0), 384 or 512 bits in hexadecimal digits; NULL for another length.", Example: "sha2('ABC', 256)", Result: "b5d4045c3f466fa91fe2cc6abe79232a1a57cdf104f7a26e716e0a1e2789df78"}},
			variant{args: typeList(s, l), returns: s, eval: kernel.TextArg(sha2)}, variant{args: typeList(b, l), returns: s, eval: kernel.TextArg(sha2)}),
		either("crc32", "The CRC-32 checksum.", "crc32('ABC')", "2743272264", l, kernel.TextTo(func(s []byte) int64 { return int64(crc32.ChecksumIEEE(s)) })),
		either("mask_hash", "The SHA-256 digest of a text in hexadecimal digits.", "mask_hash('abc')", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", s,
			kernel.Text1(func(dst, s []byte) []byte { d := sha256.Sum256(s); return hex.AppendEncode(dst, d[:]) })),
		{Name: "hash", Family: "hash", Doc: udf.Doc{Usage: "hash(x, …)", Summary: "A hash of the arguments: 31·h plus the Java hash of each; NULL counts 0.", Example: "hash(0, 2, 4)", Result: "66"},
			Resolve: func(args []udf.Arg) (udf.Signature, error) {
				sig := udf.Signature{Returns: l}
				for _, a := range args {
					if a.Type.IsNested() || a.Type.Kind == types.JSON {
						return sig, badArgs("hash", "hash(x, …)", args)
					}
					sig.Args = append(sig.Args, a.Type)
				}
				if len(args) == 0 {
					return sig, badArgs("hash", "hash(x, …)", args)
				}
				return sig, nil
			},
			Eval: kernel.RowsNullable(javaHash)},
		either("base64", "Bytes in base 64.", "base64(cast('alibaba' as binary))", "YWxpYmFiYQ==", s,
			kernel.Text1(func(dst, s []byte) []byte { return base64.StdEncoding.AppendEncode(dst, s) })),
		{Name: "unbase64", Family: "hash", Args: typeList(s), Returns: b,
			Doc:  udf.Doc{Summary: "The bytes that a base 64 text says; NULL if it is none.", Example: "unbase64('YWxpYmFiYQ==')", Result: "alibaba"},
			Eval: kernel.Text1Err(func(dst, s []byte) ([]byte, error) { return orNull(base64.StdEncoding.AppendDecode(dst, s)) })},
		overloaded(udf.Function{Name: "hex", Family: "hash",
			Doc: udf.Doc{Summary: "An integer, or each byte of a text or BINARY, in hexadecimal digits (upper case).", Example: "hex('abc')", Result: "616263"}},
			variant{args: typeList(l), returns: s, eval: kernel.ToText(func(dst []byte, n int64) []byte {
				return appendUpper(dst, strconv.AppendUint(nil, uint64(n), 16))
			})},
			variant{args: typeList(s), returns: s, eval: kernel.Text1(appendHex)},
			variant{args: typeList(b), returns: s, eval: kernel.Text1(appendHex)}),
		{Name: "unhex", Family: "hash", Args: typeList(s), Returns: b,
			Doc: udf.Doc{Summary: "The bytes that hexadecimal digits say; NULL if they are none.", Example: "unhex('616263')", Result: "abc"},
			Eval: kernel.Text1Err(func(dst, s []byte) ([]byte, error) {
				if len(s)%2 == 1 {
					s = append([]byte{'0'}, s...)
				}
				return orNull(hex.AppendDecode(dst, s))
			})},
		either("compress", "The bytes in gzip form.", "decompress(compress('abc'))", "abc", b, kernel.Text1Err(func(dst, s []byte) ([]byte, error) {
			buf := bytes.NewBuffer(dst)
			w := gzip.NewWriter(buf)
			if _, err := w.Write(s); err != nil {
				return nil, err
			}
			if err := w.Close(); err != nil {
				return nil, err
			}
			return buf.Bytes(), nil
		})),
		{Name: "decompress", Family: "hash", Args: typeList(b), Returns: b,
			Doc: udf.Doc{Summary: "The bytes of which the argument is the gzip form; an error if it is none.", Example: "decompress(compress('abc'))", Result: "abc"},
			Eval: kernel.Text1Err(func(dst, s []byte) ([]byte, error) {
				r, err := gzip.NewReader(bytes.NewReader(s))
				if err != nil {
					return nil, invalid("the bytes are not in gzip form")
				}
				out, err := io.ReadAll(io.LimitReader(r, maxText+1))
				if err != nil {
					return nil, invalid("the bytes are not in gzip form")
				}
				if len(out) > maxText {
					return nil, tooLong(int64(len(out)))
				}
				return append(dst, out...), nil
			})},
	}
}

// orNull makes an error NULL.
func orNull(dst []byte, err error) ([]byte, error) {
	if err != nil {
		return nil, kernel.Null
	}
	return dst, nil
}

func appendHex(dst, s []byte) []byte {
	const digits = "0123456789ABCDEF"
	for _, c := range s {
		dst = append(dst, digits[c>>4], digits[c&15])
	}
	return dst
}

func sha2(dst, s []byte, bits int64) ([]byte, error) {
	switch bits {
	case 224:
		d := sha256.Sum224(s)
		return hex.AppendEncode(dst, d[:]), nil
	case 0, 256:
		d := sha256.Sum256(s)
		return hex.AppendEncode(dst, d[:]), nil
	case 384:
		d := sha512.Sum384(s)
		return hex.AppendEncode(dst, d[:]), nil
	case 512:
		d := sha512.Sum512(s)
		return hex.AppendEncode(dst, d[:]), nil
	}
	return nil, kernel.Null
}

// javaHash is 31·h + the hash that Java gives a value, in 32 bits: integers up to
// INT are themselves, others fold their 64 bits, texts fold their bytes.
func javaHash(r *kernel.Row) (int64, error) {
	var h int32
	fold64 := func(v int64) int32 { return int32(v ^ int64(uint64(v)>>32)) }
	for k := range r.Len() {
		var v int32
		switch t := r.Call.Args[k]; {
		case r.IsNull(k):
		case t.Kind == types.Boolean:
			if r.Bool(k) {
				v = 1
			}
		case t.Kind == types.Double:
			v = fold64(int64(math.Float64bits(r.Float(k) + 0)))
		case t.Kind == types.Float:
			v = int32(math.Float32bits(float32(r.Float(k)) + 0))
		case t.Kind == types.Decimal:
			d := r.Decimal(k)
			v = fold64(int64(d.Lo)) ^ fold64(d.Hi)*31
		case t.IsText() || t.Kind == types.Binary:
			for _, c := range r.Text(k) {
				v = v*31 + int32(int8(c))
			}
		case batch.PhysOf(t) == batch.PhysI64:
			v = fold64(r.Int(k))
		default:
			v = int32(r.Int(k))
		}
		h = h*31 + v
	}
	return int64(h), nil
}
