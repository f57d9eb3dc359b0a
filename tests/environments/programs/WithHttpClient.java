import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Calls a vendor, and a host that nobody emulates, by the HttpClient of Java. */
public class WithHttpClient {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    public static void main(String[] words) throws Exception {
        HttpRequest click = HttpRequest
            .newBuilder(URI.create("https://portal.mobtexting.com/api/v2/voice/c2c"))
            .header("Authorization", "Bearer my-token")
            .header("Accept", "application/json")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(
                "{\"bridge\": \"918068281234\", \"from\": \"918867135000\", \"to\": \"918867136000\"}"))
            .build();
        HttpResponse<String> response = CLIENT.send(click, HttpResponse.BodyHandlers.ofString());
        System.out.println(response.statusCode() + " "
            + response.headers().firstValue("x-mock-request").get());
        try {
            CLIENT.send(HttpRequest.newBuilder(URI.create("https://other.example/")).build(),
                HttpResponse.BodyHandlers.ofString());
        } catch (IOException refusal) {
            System.out.println("refused");
        }
    }
}
