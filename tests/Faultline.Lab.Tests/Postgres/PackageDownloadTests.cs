using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using Faultline.Lab.Postgres;
using Faultline.Lab.Problems;
using Faultline.Lab.Processes;
using Faultline.Lab.Tests.Support;
using Faultline.TestSupport;
using Limits = Faultline.TestSupport.Limits;

namespace Faultline.Lab.Tests.Postgres;

public sealed class PackageDownloadTests : IDisposable
{
    private const string Name = "@scope/programs-linux";
    private const UnixFileMode Everyone = (UnixFileMode)0b111_101_101;

    private readonly HttpListener _registry = new();
    private readonly Uri _address;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly TestFolder _folder = TestFolder.Create();

    public PackageDownloadTests()
    {
        _address = new Uri($"http://127.0.0.1:{new FreePorts(nameof(PackageDownloadTests)).Take()}/mirror/");
        _registry.Prefixes.Add(_address.ToString());
        _registry.Start();
    }

    private string Package => Path.Combine(_folder.Path, "draft", "programs-linux");

    public void Dispose()
    {
        _registry.Close();
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_files_of_the_package_are_there_with_their_rights_and_nothing_else_is()
    {
        byte[] archive = Archive("package/bin/server", "package/bin/link>/etc/passwd", "package/text");
        Task<string> asked = AnswerAsync(200, archive, archive.Length);

        await FetchAsync(archive, TimeProvider.System);

        (await asked).ShouldBe($"GET /mirror/{Name}/-/programs-linux-1.2.3-beta.4.tgz");
        string[] files = [.. Directory.EnumerateFileSystemEntries(_folder.Path, "*", SearchOption.AllDirectories).Where(entry => !Directory.Exists(entry)).Order(StringComparer.Ordinal)];
        files.ShouldBe([Path.Combine(Package, "bin", "server"), Path.Combine(Package, "text")]);
        (await File.ReadAllTextAsync(files[0], TestContext.Current.CancellationToken)).ShouldBe("package/bin/server");
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(files[0]).HasFlag(UnixFileMode.UserExecute).ShouldBeTrue();
    }

    [Fact]
    public async Task What_has_another_checksum_is_not_unpacked()
    {
        byte[] archive = Archive("package/bin/other");
        Task<string> asked = AnswerAsync(200, archive, archive.Length);

        string refusal = await RefusalAsync(Archive("package/bin/server"));

        refusal.ShouldBe($"What 127.0.0.1 sent as {Name} 1.2.3-beta.4 has another checksum than the pinned one, so it is not used.");
        await asked;
    }

    [Fact]
    public async Task An_archive_does_not_reach_out_of_its_folder()
    {
        byte[] archive = Archive("package/../../outside");
        Task<string> asked = AnswerAsync(200, archive, archive.Length);

        (await RefusalAsync(archive)).ShouldContain("a file outside of it (package/../../outside)");

        await asked;
        File.Exists(Path.Combine(_folder.Path, "outside")).ShouldBeFalse();
        File.Exists(Path.Combine(_folder.Path, "draft", "outside")).ShouldBeFalse();
    }

    [Theory]
    [InlineData(404, 0, "404")]
    [InlineData(503, 0, "503")]
    [InlineData(200, 1000, "ended prematurely")]
    public async Task What_does_not_come_whole_is_refused_with_its_reason(int status, int missing, string reason)
    {
        byte[] archive = Archive("package/bin/server");
        Task<string> asked = AnswerAsync(status, archive, archive.Length + missing);

        string refusal = await RefusalAsync(archive);

        refusal.ShouldStartWith($"{Name} 1.2.3-beta.4 could not be fetched from 127.0.0.1: ");
        refusal.ShouldContain(reason);
        await asked;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task More_than_a_package_can_have_is_not_taken(bool saysItsLength)
    {
        Task answering = AnswerWithoutEndAsync(saysItsLength);

        (await RefusalAsync([])).ShouldContain("its archive has more than 256 MiB");

        await answering;
        var archive = new FileInfo(Package + ".tgz");
        (archive.Exists ? archive.Length : 0).ShouldBeLessThanOrEqualTo(PackageDownload.BytesMax);
    }

    [Fact]
    public async Task A_registry_that_is_not_there_is_refused_with_its_name()
    {
        _registry.Stop();

        (await RefusalAsync([])).ShouldStartWith($"{Name} 1.2.3-beta.4 could not be fetched from 127.0.0.1: ");
    }

    [Fact]
    public async Task A_registry_that_stays_silent_is_given_up_and_a_cancelled_download_is_no_failure_of_the_registry()
    {
        ManualTime time = new();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        PackageDownload download = new(_http, _address, time);

        Task silent = download.FetchAsync(Name, "1.2.3", "sha512-", Package, TestContext.Current.CancellationToken);
        await _registry.GetContextAsync().WaitAsync(Limits.Hang, TestContext.Current.CancellationToken);
        silent.IsCompleted.ShouldBeFalse("no time has passed");
        time.Advance(TimeSpan.FromSeconds(30));
        Task cancelled = download.FetchAsync(Name, "1.2.3", "sha512-", Package, stop.Token);
        await _registry.GetContextAsync().WaitAsync(Limits.Hang, TestContext.Current.CancellationToken);
        await stop.CancelAsync();

        (await Should.ThrowAsync<LabException>(silent.WaitAsync(Limits.Hang, TestContext.Current.CancellationToken))).Message.ShouldContain("nothing came for 30 seconds");
        await Should.ThrowAsync<OperationCanceledException>(cancelled.WaitAsync(Limits.Hang, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void The_registry_is_the_one_that_npm_would_ask()
    {
        PackageDownload.RegistryOf([new("PATH", "/bin"), new("npm_config_registry", "")]).Scheme.ShouldBe("https");
        PackageDownload.RegistryOf([new("NPM_CONFIG_REGISTRY", "http://localhost:4873/npm")]).ShouldBe(new Uri("http://localhost:4873/npm/"));
        Should.Throw<LabException>(() => PackageDownload.RegistryOf([new("npm_config_registry", "mirror")])).Message.ShouldContain("npm_config_registry");
    }

    private Task FetchAsync(byte[] pinned, TimeProvider time) => new PackageDownload(_http, _address, time).FetchAsync(
        Name, "1.2.3-beta.4", "sha1-x sha512-" + Convert.ToBase64String(SHA512.HashData(pinned)), Package, TestContext.Current.CancellationToken);

    private async Task<string> RefusalAsync(byte[] pinned)
    {
        LabException refusal = await Should.ThrowAsync<LabException>(() => FetchAsync(pinned, TimeProvider.System));
        Directory.Exists(Package).ShouldBeFalse();
        return refusal.Message;
    }

    private async Task<string> AnswerAsync(int status, byte[] body, int length)
    {
        HttpListenerContext context = await _registry.GetContextAsync().WaitAsync(Limits.Hang, TestContext.Current.CancellationToken);
        context.Response.StatusCode = status;
        context.Response.ContentLength64 = length;
        await context.Response.OutputStream.WriteAsync(body, TestContext.Current.CancellationToken);
        if (length == body.Length) context.Response.Close();
        else context.Response.Abort();
        return $"{context.Request.HttpMethod} {context.Request.RawUrl}";
    }

    private async Task AnswerWithoutEndAsync(bool saysItsLength)
    {
        HttpListenerContext context = await _registry.GetContextAsync().WaitAsync(Limits.Hang, TestContext.Current.CancellationToken);
        if (saysItsLength) context.Response.ContentLength64 = PackageDownload.BytesMax + 1;
        else context.Response.SendChunked = true;
        byte[] megabyte = new byte[1 << 20];
        try
        {
            for (long sent = 0; sent <= PackageDownload.BytesMax; sent += megabyte.Length) await context.Response.OutputStream.WriteAsync(megabyte, TestContext.Current.CancellationToken);
        }
        catch (Exception hungUp) when (hungUp is HttpListenerException or IOException or ObjectDisposedException or ProtocolViolationException)
        {
            context.Response.Abort(); // What was wanted: nobody takes it all.
        }
    }

    /// <summary>An archive of files that hold their own names; "a>b" is a symbolic link from a to b.</summary>
    private static byte[] Archive(params string[] names)
    {
        using MemoryStream bytes = new();
        using (GZipStream packed = new(bytes, CompressionLevel.Fastest))
        using (TarWriter writer = new(packed))
        {
            foreach (string[] name in names.Select(name => name.Split('>')))
            {
                writer.WriteEntry(name.Length > 1
                    ? new UstarTarEntry(TarEntryType.SymbolicLink, name[0]) { LinkName = name[1] }
                    : new UstarTarEntry(TarEntryType.RegularFile, name[0]) { Mode = Everyone, DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(name[0])) });
            }
        }

        return bytes.ToArray();
    }
}
