namespace Faultline.Proxy.Problems;

/// <summary>Every mistake that the fault proxy tells about. The beginning of each text is Toxiproxy's: its clients look at it.</summary>
internal static class ProxyProblems
{
    public static ProxyException BadBody(string detail) => new($"bad request body: {detail}", 400);

    public static ProxyException MissingField(string field) => new($"missing required field: {field}", 400);

    public static ProxyException ProxyNotFound() => new("proxy not found", 404);

    public static ProxyException ProxyExists() => new("proxy already exists", 409);

    public static ProxyException InvalidStream() => new("stream was invalid, can be either upstream or downstream", 400);

    public static ProxyException InvalidToxicType() => new("invalid toxic type", 400);

    public static ProxyException ToxicNotFound() => new("toxic not found", 404);

    public static ProxyException ToxicExists() => new("toxic already exists", 409);

    public static ProxyException FaultNotFound() => new("http fault not found", 404);

    public static ProxyException FaultExists() => new("http fault already exists", 409);

    public static ProxyException NotHttp(string name) => new($"bad request body: proxy '{name}' forwards bytes; create it with \"protocol\": \"http\" to set HTTP faults", 400);

    public static ProxyException CannotListen(string listen, Exception cause) => new($"listen tcp {listen}: {cause.Message}", 500, cause);
}
