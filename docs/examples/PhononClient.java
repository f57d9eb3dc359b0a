// A client of Phonon in Java, by nothing but java.net.http: an accepted flow, and the report of it.

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

class PhononClient {
    static final String MOCK = System.getenv("MOCKSERVER_URL");
    static final String PHONON = System.getenv("PHONON_URL");
    static final HttpClient CLIENT = HttpClient.newHttpClient();

    static HttpResponse<String> send(String method, String url, String body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    }

    public static void main(String[] args) throws Exception {
        var webhooks = "{\"webhooks\": {\"any\": \"" + MOCK + "/_mock/receive/mine\"}}";
        send("PATCH", MOCK + "/_mock/accounts/phonon/phonon-default", webhooks);

        var placed = send("POST", PHONON + "/kairos-apis/outbound/create", """
            {"api-version": "1.0", "security-id": "any-will-do", "flow-id": "Ab12Cd34",
             "calls": [{"client-identifier": "1", "contact-numbers": ["918867136000"]}]}""");
        System.out.println("placed: " + placed.statusCode());

        send("POST", MOCK + "/_mock/clock/advance", "{\"until\": \"idle\"}");

        var inbox = send("GET", MOCK + "/_mock/inboxes/mine", "").body();
        System.out.println("webhook: " + inbox);
    }
}
