package io.chitra.worker.topology;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.Meter;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;

/** A metric group that keeps what is registered, by the names of group and metric. */
final class KeptMetrics extends UnregisteredMetricsGroup {

  private final String prefix;
  private final Map<String, Metric> kept;

  KeptMetrics() {
    this("", new TreeMap<>());
  }

  private KeptMetrics(String prefix, Map<String, Metric> kept) {
    this.prefix = prefix;
    this.kept = kept;
  }

  long count(String name) {
    return ((Counter) requireNonNull(kept.get(name))).getCount();
  }

  Histogram histogram(String name) {
    return (Histogram) requireNonNull(kept.get(name));
  }

  private <M extends Metric> M keep(String name, M metric) {
    kept.put(prefix + name, metric);
    return metric;
  }

  @Override
  public <C extends Counter> C counter(String name, C counter) {
    return keep(name, counter);
  }

  @Override
  public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
    return keep(name, gauge);
  }

  @Override
  public <H extends Histogram> H histogram(String name, H histogram) {
    return keep(name, histogram);
  }

  @Override
  public <M extends Meter> M meter(String name, M meter) {
    return keep(name, meter);
  }

  @Override
  public MetricGroup addGroup(String name) {
    return new KeptMetrics(prefix + name + ".", kept);
  }

  @Override
  public MetricGroup addGroup(String key, String value) {
    return new KeptMetrics(prefix + key + "." + value + ".", kept);
  }
}
