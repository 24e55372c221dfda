package github

import (
	"fmt"

	api "github.com/google/go-github/v88/github"
)

const (
	// perPage is how many of a list an answer has; maxPages how many answers are
	// read before a list counts as endless.
	perPage  = 30
	maxPages = 100
)

// seek reads a list page by page until take has what it looks for.
func seek[T any](c call, page func(api.ListOptions) ([]T, *api.Response, error), take func([]T) (done bool)) error {
	options := api.ListOptions{PerPage: perPage}
	for range maxPages {
		some, response, err := page(options)
		if err != nil {
			return c.failure(err)
		}
		if take(some) || response.NextPage == 0 {
			return nil
		}
		options.Page = response.NextPage
	}
	return c.fails(ErrAnswer, fmt.Sprintf("the list has more than %d pages", maxPages), again)
}
