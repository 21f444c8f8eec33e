// The witness reads committed records with a Kafka client that shares nothing with the product's,
// and counts them.
//
//	witness localhost:9092 render.results render.dead-letters render.cancelled
//
// After each poll it prints a line of JSON: how many events it has seen, in all and by topic, and how
// many came again at an offset that it was past. It ends when its input does.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

type seen struct {
	Events int64            `json:"events"`
	Again  int64            `json:"again"`
	Topics map[string]int64 `json:"topics"`
}

type partition struct {
	topic  string
	number int32
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "Usage: witness BOOTSTRAP_SERVERS TOPIC...")
		os.Exit(2)
	}
	client, err := kgo.NewClient(
		kgo.SeedBrokers(strings.Split(os.Args[1], ",")...),
		kgo.ConsumeTopics(os.Args[2:]...),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.MetadataMinAge(250*time.Millisecond),
	)
	if err != nil {
		fmt.Fprintln(os.Stderr, "Cannot read:", err)
		os.Exit(2)
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	all := seen{Topics: map[string]int64{}}
	past := map[partition]int64{}
	out := json.NewEncoder(os.Stdout)
	for {
		fetches := client.PollFetches(context.Background())
		fetches.EachError(func(topic string, number int32, err error) {
			fmt.Fprintf(os.Stderr, "witness: cannot read %s-%d for now: %v\n", topic, number, err)
		})
		fetches.EachRecord(func(record *kgo.Record) {
			from := partition{record.Topic, record.Partition}
			if record.Offset < past[from] {
				all.Again++
				return
			}
			past[from] = record.Offset + 1
			all.Events++
			all.Topics[record.Topic]++
		})
		if err := out.Encode(all); err != nil {
			os.Exit(1)
		}
	}
}
