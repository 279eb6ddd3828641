package tenant

import (
	"github.com/sallyport/sallyport/internal/channel"
	"github.com/sallyport/sallyport/internal/config"
)

func (l *loader) channels() {
	var known channel.Known
	if l.tenant.People != nil {
		known.Groups = l.tenant.People.Groups()
		known.People = []string{}
		for _, person := range l.tenant.People.All() {
			known.People = append(known.People, person.ID)
		}
	}
	var problems config.Problems
	l.tenant.Channels, problems = channel.Parse(fileChannels, l.bundle.Files[fileChannels], known)
	l.problems = append(l.problems, problems...)
}
