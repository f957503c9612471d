/** The entry point of the metrics format: families of samples as text for Prometheus. */
export { Histogram, MetricsText, SharedLabels, type HistogramSeries, type Labels, type Sample } from './text-format.ts'
