/** OCI's names for what a model is for. */
export const useCaseTypes = [
  'binary_classification',
  'regression',
  'multinomial_classification',
  'clustering',
  'recommender',
  'dimensionality_reduction/representation',
  'time_series_forecasting',
  'anomaly_detection',
  'topic_modeling',
  'ner',
  'sentiment_analysis',
  'image_classification',
  'object_localization',
  'other',
] as const
export type UseCaseType = (typeof useCaseTypes)[number]
