using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>What a virtual host holds, read from the management API: the only way to see bindings, and what nobody declared.</summary>
internal sealed class ManagementReader(HttpClient http, string virtualHost)
{
    /// <summary>A client for the API of a broker.</summary>
    /// <param name="address">Where the API is.</param>
    /// <param name="broker">The broker's address, with user and password.</param>
    /// <param name="limit">How long an answer may take.</param>
    public static HttpClient ClientOf(Uri address, Uri broker, TimeSpan limit)
    {
        string[] user = broker.UserInfo.Length > 0 ? broker.UserInfo.Split(':', 2) : ["guest", "guest"];
        string credentials = $"{Uri.UnescapeDataString(user[0])}:{Uri.UnescapeDataString(user.ElementAtOrDefault(1) ?? "")}";
        var http = new HttpClient { BaseAddress = address, Timeout = limit };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        return http;
    }

    public Task<IReadOnlyList<RabbitExchange>> ExchangesAsync(CancellationToken stop) =>
        ReadAsync("exchanges", item => new RabbitExchange(Text(item, "name"), Text(item, "type"), Arguments(item)), stop);

    public Task<IReadOnlyList<RabbitQueue>> QueuesAsync(CancellationToken stop) => ReadAsync("queues", item => new RabbitQueue(Text(item, "name"), Arguments(item)), stop);

    public Task<IReadOnlyList<RabbitBinding>> BindingsAsync(CancellationToken stop) =>
        ReadAsync("bindings", item => new RabbitBinding(Text(item, "source"), Text(item, "destination"), Text(item, "destination_type") == "exchange", Text(item, "routing_key")), stop);

    private async Task<IReadOnlyList<T>> ReadAsync<T>(string what, Func<JsonElement, T> read, CancellationToken stop)
    {
        using HttpResponseMessage answer = await http.GetAsync(new Uri($"api/{what}/{Uri.EscapeDataString(virtualHost)}", UriKind.Relative), stop);
        answer.EnsureSuccessStatusCode();
        await using Stream body = await answer.Content.ReadAsStreamAsync(stop);
        using JsonDocument document = await JsonDocument.ParseAsync(body, default, stop);
        return [.. document.RootElement.EnumerateArray().Select(read)];
    }

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString() ?? "";

    private static Dictionary<string, string> Arguments(JsonElement item) =>
        item.TryGetProperty("arguments", out JsonElement arguments) && arguments.ValueKind == JsonValueKind.Object ? arguments.EnumerateObject().ToDictionary(argument => argument.Name, argument => argument.Value.ToString() switch
        {
            "True" => "true",
            "False" => "false",
            string other => other,
        }) : [];
}
