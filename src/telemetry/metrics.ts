export { prometheusContentType } from './prometheus-content-type.ts';
export { type PrometheusOptions, prometheusText } from './prometheus-text.ts';
