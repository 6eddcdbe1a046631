# One prediction with httr2: install.packages(c("httr2", "jsonlite")). Usage: Rscript predict.R [endpoint]
library(httr2)

rows <- jsonlite::fromJSON({{rowsAsR}})

# Scores the rows of a data frame; the answer has prediction, probabilities (classifiers), ids and model.
predict_rows <- function(rows, endpoint = "http://127.0.0.1:8080", token = Sys.getenv("SLIPWAY_TOKEN")) {
  body <- jsonlite::toJSON(list(data = rows), dataframe = "rows", na = "null", digits = NA)
  asked <- request(endpoint) |>
    req_url_path_append("predict") |>
    req_body_raw(body, type = "application/json") |>
    req_error(body = function(answer) resp_body_json(answer)$error$message)
  if (nzchar(token)) asked <- req_auth_bearer_token(asked, token)
  resp_body_json(req_perform(asked), simplifyVector = TRUE)
}

given <- commandArgs(trailingOnly = TRUE)
print(if (length(given) > 0) predict_rows(rows, given[1]) else predict_rows(rows), digits = 17)
