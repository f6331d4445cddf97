package builtin

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"strings"

	"github.com/bixidata/bixi/sql/types"
	"github.com/bixidata/bixi/udf"
	"github.com/bixidata/bixi/udf/kernel"
)

// cryptFunctions lists encryption with a key that the statement gives: AES-256 in
// Galois/counter mode, written as nonce, ciphertext and tag.
func cryptFunctions() []*udf.Function {
	s, b := types.StringType, types.BinaryType
	return []*udf.Function{
		cipherOf("sym_encrypt", "A text or BINARY encrypted by a key of 32 bytes: AES-256-GCM, as a random nonce of 12 bytes, the ciphertext and a tag of 16 bytes.",
			"length(sym_encrypt('abc', cast('0123456789abcdef0123456789abcdef' as binary)))", "31", true, symEncrypt, s, b),
		cipherOf("sym_decrypt", "The bytes that sym_encrypt encrypted; an error if the key is another or the bytes are damaged.",
			"cast(sym_decrypt(sym_encrypt('abc', cast('0123456789abcdef0123456789abcdef' as binary)), cast('0123456789abcdef0123456789abcdef' as binary)) as string)", "abc", false, symDecrypt, b),
	}
}

// cipherOf makes a cipher function of a value of one of the types, a key, and the
// names of algorithm and mode.
func cipherOf(name, summary, example, result string, volatile bool, f func(*kernel.Row, []byte) ([]byte, error), values ...types.Type) *udf.Function {
	s, b := types.StringType, types.BinaryType
	var variants []variant
	for _, v := range values {
		for _, key := range typeList(b, s) {
			variants = append(variants, variant{args: typeList(v, key, s, s), optional: 2, returns: b, eval: kernel.RowsText(f)})
		}
	}
	return overloaded(udf.Function{Name: name, Family: "hash", Volatile: volatile, Doc: udf.Doc{Summary: summary, Example: example, Result: result}}, variants...)
}

const keyBytes = 32

func gcm(r *kernel.Row) (cipher.AEAD, error) {
	key := r.Text(1)
	if len(key) != keyBytes {
		return nil, invalid("the key has %d bytes; it needs %d", len(key), keyBytes)
	}
	for k, want := range []string{"AES-GCM-256", "GCM"} {
		if r.Len() > 2+k && !strings.EqualFold(string(r.Text(2+k)), want) {
			return nil, invalid("'%s' is not supported; it can be '%s'", r.Text(2+k), want)
		}
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// symEncrypt derives the nonce from the task's seed, the row and the value, so
// that a task that is run again gives the same bytes and no nonce serves two
// different values.
func symEncrypt(r *kernel.Row, dst []byte) ([]byte, error) {
	aead, err := gcm(r)
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	var at [24]byte
	binary.BigEndian.PutUint64(at[:], r.Call.Seed)
	binary.BigEndian.PutUint64(at[8:], uint64(r.Call.Row)+uint64(r.Index))
	if r.Call.Session != nil {
		binary.BigEndian.PutUint64(at[16:], uint64(r.Call.Session.Now.UnixNano()))
	}
	h.Write(at[:])
	h.Write(r.Text(1))
	h.Write(r.Text(0))
	nonce := h.Sum(nil)[:aead.NonceSize()]
	return aead.Seal(append(dst, nonce...), nonce, r.Text(0), nil), nil
}

func symDecrypt(r *kernel.Row, dst []byte) ([]byte, error) {
	aead, err := gcm(r)
	if err != nil {
		return nil, err
	}
	v := r.Text(0)
	if len(v) < aead.NonceSize() {
		return nil, invalid("these %d bytes are not what sym_encrypt gives", len(v))
	}
	out, err := aead.Open(dst, v[:aead.NonceSize()], v[aead.NonceSize():], nil)
	if err != nil {
		return nil, invalid("the bytes cannot be decrypted: the key is another or they are damaged")
	}
	return out, nil
}
