package evidence

import (
	"slices"
	"strings"

	"daybook/schemas"
	"daybook/schemas/request"
	"daybook/schemas/service"
)

func setAccount(_ *decoder, r *service.EvidenceRow, text string) *amiss {
	r.Account = text
	return nil
}

// setReceived comes before the time of the change, in the order of columns, and kind and state are what they are unless they are said.
func setReceived(d *decoder, r *service.EvidenceRow, text string) *amiss {
	wrong := d.time(&r.Known, text)
	r.Start, r.Kind, r.Answer = r.Known, service.NoticeKind(request.Question), string(request.Open)
	return wrong
}

func setRequestKind(_ *decoder, r *service.EvidenceRow, text string) *amiss {
	r.Kind = service.NoticeKind(text)
	return oneOf(request.Kind("").Values(), text)
}

func setState(_ *decoder, r *service.EvidenceRow, text string) *amiss {
	r.Answer = text
	return oneOf(request.State("").Values(), text)
}

func oneOf(values []string, text string) *amiss {
	if slices.Contains(values, text) {
		return nil
	}
	return &amiss{schemas.CodeBadValue, "it is none of " + strings.Join(values, ", ")}
}

func setBy(_ *decoder, r *service.EvidenceRow, text string) *amiss {
	r.By = text
	return nil
}

func setAbout(_ *decoder, r *service.EvidenceRow, text string) *amiss {
	p, err := schemas.ParsePeriod(text)
	if err != nil {
		return &amiss{schemas.CodeBadPeriod, "it is no month such as 2024-09"}
	}
	r.About = p
	return nil
}

func setLines(_ *decoder, r *service.EvidenceRow, text string) *amiss {
	if _, ok := request.ParseLines(text); !ok {
		return &amiss{schemas.CodeBadValue, "a line is subscription/offering/price, of which some may be missing"}
	}
	r.Lines = text
	return nil
}
