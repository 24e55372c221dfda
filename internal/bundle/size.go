package bundle

import (
	"compress/gzip"
	"fmt"
	"strings"
)

// MaxGzipSize is how large a Worker may be, compressed, in bytes: 3 MiB, which
// every plan allows (https://developers.cloudflare.com/workers/platform/limits/#worker-size).
const MaxGzipSize = 3 << 20

// named is how many of the largest inputs a refusal lists.
const named = 5

// GzipSize is the size that Cloudflare limits, in bytes.
func (b *Bundle) GzipSize() int { return gzipSize(b.Code) }

// fits refuses a bundle that Cloudflare would refuse, and says what fills it.
// Most need not be compressed to know: it would take half of the time that a
// hundred Workers take to bundle.
func (b *Bundle) fits(entry string) error {
	if b.Size <= MaxGzipSize/2 {
		return nil
	}
	size := b.GzipSize()
	if size <= MaxGzipSize {
		return nil
	}
	var text strings.Builder
	for _, in := range b.Inputs[:min(named, len(b.Inputs))] {
		fmt.Fprintf(&text, "\n  %s  %s", megabytes(in.Bytes), in.Path)
	}
	return fmt.Errorf("%w: %s is %s gzipped, and Cloudflare accepts %s; its largest inputs, before gzip, are%s",
		ErrTooLarge, entry, megabytes(size), megabytes(MaxGzipSize), text.String())
}

func megabytes(bytes int) string { return fmt.Sprintf("%.2f MiB", float64(bytes)/(1<<20)) }

// gzipSize is what the limit counts.
func gzipSize(code []byte) int {
	var size counter
	zip := gzip.NewWriter(&size)
	_, _ = zip.Write(code) // a counter never fails
	_ = zip.Close()
	return int(size)
}

// counter counts what is written to it.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
