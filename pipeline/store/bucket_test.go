package store

import "github.com/aws/aws-sdk-go-v2/aws"

type httpClient = aws.HTTPClient
