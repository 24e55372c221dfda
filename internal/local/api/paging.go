package api

import (
	"fmt"
	"strconv"
)

// paging reads page (from 1) and per_page (up to 10,000, 1,000 by default).
func paging(r request) (number, size int, err error) {
	number, size = 1, 1000
	for name, into := range map[string]*int{"page": &number, "per_page": &size} {
		text := r.URL.Query().Get(name)
		if text == "" {
			continue
		}
		if *into, err = strconv.Atoi(text); err != nil || *into < 1 || *into > 10000 {
			return 0, 0, malformed(fmt.Errorf("%s has to be a number from 1 to 10000", name))
		}
	}
	return number, size, nil
}
