package io.chitra.cli;

import io.chitra.cli.lineage.LineageDataset;
import io.chitra.cli.topics.Topic;

/** What a command reads and writes of a Kafka and a store, as lineage names it. */
record LineagePlaces(Backend backend) {

  LineageDataset topic(Topic topic) {
    return LineageDataset.topic(backend.kafka(), topic);
  }

  /** A dataset of Chitra. */
  LineageDataset dataset(String name) {
    return LineageDataset.dataset(
        backend.objects().bucket(),
        backend.objects().objectKey(""),
        name,
        backend.s3Endpoint().orElse(null));
  }

  LineageDataset model(String digest) {
    return LineageDataset.objects(
        backend.objects().bucket(),
        backend.objects().objectKey("models/" + digest),
        "A model, by the SHA-256 of its content",
        backend.s3Endpoint().orElse(null));
  }
}
