/** The content type that `prometheusText` is to be answered with. */
export const prometheusContentType = 'text/plain; version=0.0.4; charset=utf-8';
