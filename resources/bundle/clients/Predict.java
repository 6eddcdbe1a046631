// One prediction with the JDK's own client (Java 11 or newer). Usage: java Predict.java [endpoint]

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

public class Predict {
    static final String ROWS = {{rowsAsJava}};

    static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** Scores rows, a JSON array of objects. The answer is JSON: prediction, probabilities (classifiers), ids, model. */
    static String predict(String rows, String endpoint, String token) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(endpoint + "/predict"))
            .timeout(Duration.ofSeconds(60))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"data\":" + rows + "}"));
        if (token != null) request.header("authorization", "Bearer " + token);
        HttpResponse<String> answer = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) throw new IllegalStateException(answer.body());
        return answer.body();
    }

    public static void main(String[] arguments) throws Exception {
        String endpoint = arguments.length > 0 ? arguments[0] : "http://127.0.0.1:8080";
        System.out.println(predict(ROWS, endpoint, System.getenv("SLIPWAY_TOKEN")));
    }
}
