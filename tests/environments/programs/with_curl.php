<?php
// Calls a vendor, and a host that nobody emulates, by curl.
$request = curl_init("https://portal.mobtexting.com/api/v2/voice/c2c");
$headers = [];
curl_setopt_array($request, [
    CURLOPT_HTTPHEADER => ["Authorization: Bearer my-token", "Accept: application/json", "Content-Type: application/json"],
    CURLOPT_POSTFIELDS => '{"bridge": "918068281234", "from": "918867135000", "to": "918867136000"}',
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_HEADERFUNCTION => function ($request, $line) use (&$headers) {
        [$name, $value] = [...explode(":", $line, 2), ""];
        $headers[strtolower($name)] = trim($value);
        return strlen($line);
    },
]);
if (curl_exec($request) === false) {
    fwrite(STDERR, curl_error($request));
    exit(1);
}
echo curl_getinfo($request, CURLINFO_RESPONSE_CODE), " ", $headers["x-mock-request"], "\n";
$other = curl_init("https://other.example/");
curl_setopt($other, CURLOPT_RETURNTRANSFER, true);
echo curl_exec($other) === false ? "refused\n" : "answered\n";
