using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Faultline.Lab.Api;

/// <summary>The workbench as it was built: files of a folder, precompressed ones first, and for every other address of the workbench its one page.</summary>
/// <param name="folder">The folder; null when there is none.</param>
internal sealed class WorkbenchFiles(string? folder)
{
    private const string Page = "index.html";

    private const string Policy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; frame-src 'self' blob:; "
        + "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>What is behind these is no page: a wrong address there is told in the API's own way.</summary>
    private static readonly string[] NotPages = ["/api", "/apps", "/openapi", "/v1", "/anomalies"];

    private static readonly Dictionary<string, string> MediaTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".mjs"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".json"] = "application/json",
        [".map"] = "application/json",
        [".webmanifest"] = "application/manifest+json",
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
        [".ico"] = "image/x-icon",
        [".woff2"] = "font/woff2",
        [".txt"] = "text/plain; charset=utf-8",
        [".wasm"] = "application/wasm",
    };

    private static readonly (string Encoding, string Suffix)[] Compressed = [("br", ".br"), ("gzip", ".gz")];

    private readonly string? _root = folder is not null && File.Exists(Path.Combine(folder, Page)) ? Path.GetFullPath(folder) : null;

    /// <summary>Whether there is a workbench to show.</summary>
    public bool Exist => _root is not null;

    /// <summary>Answers what no endpoint answers, when it is a file or a page of the workbench.</summary>
    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        HttpRequest request = http.Request;
        bool isOurs = _root is not null && http.GetEndpoint() is null && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) && !NotPages.Any(path => request.Path.StartsWithSegments(path));
        if (isOurs && Find(request) is { } file) await SendAsync(http, file);
        else await next(http);
    }

    private string? Find(HttpRequest request)
    {
        string path = Path.GetFullPath(Path.Combine(_root!, request.Path.Value!.TrimStart('/')));
        bool isInside = path.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        if (isInside && MediaTypes.ContainsKey(Path.GetExtension(path)) && File.Exists(path)) return path;

        // Addresses of the workbench have no file behind them: the page reads them itself. A file that is missing is missing.
        return Path.HasExtension(path) && isInside ? null : Path.Combine(_root!, Page);
    }

    private async Task SendAsync(HttpContext http, string file)
    {
        (string path, string? encoding) = Choose(file, http.Request);
        var info = new FileInfo(path);
        HttpResponse reply = http.Response;
        string tag = string.Create(CultureInfo.InvariantCulture, $"\"{info.LastWriteTimeUtc.Ticks:x}-{info.Length:x}{(encoding is null ? "" : "-" + encoding)}\"");
        reply.Headers.ContentSecurityPolicy = Policy;
        reply.Headers.XContentTypeOptions = "nosniff";
        reply.Headers["Referrer-Policy"] = "no-referrer";
        reply.Headers.Vary = "Accept-Encoding";
        reply.Headers.ETag = tag;

        // Names below assets/ carry the content in them; everything else may be another file after the next build.
        bool isLasting = file.StartsWith(Path.Combine(_root!, "assets") + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        reply.Headers.CacheControl = isLasting ? "public, max-age=31536000, immutable" : "no-cache";
        if (http.Request.Headers.IfNoneMatch.ToString() == tag)
        {
            reply.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        reply.ContentType = MediaTypes.GetValueOrDefault(Path.GetExtension(file), "application/octet-stream");
        reply.ContentLength = info.Length;
        if (encoding is not null) reply.Headers.ContentEncoding = encoding;
        if (!HttpMethods.IsHead(http.Request.Method)) await reply.SendFileAsync(path, http.RequestAborted);
    }

    private static (string Path, string? Encoding) Choose(string file, HttpRequest request)
    {
        IList<StringWithQualityHeaderValue> accepted = request.GetTypedHeaders().AcceptEncoding;
        foreach ((string encoding, string suffix) in Compressed)
        {
            if (accepted.Any(each => each.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase) && each.Quality is null or > 0) && File.Exists(file + suffix)) return (file + suffix, encoding);
        }

        return (file, null);
    }
}
