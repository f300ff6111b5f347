using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;

namespace Faultline.EndToEnd;

/// <summary>The package of the anomalies, in an application that knows nothing of this repository.</summary>
[Trait("Speed", "Long")]
public sealed class PackageTests : IDisposable
{
    private const string Token = "a-secret-of-16-or-more";
    private const int Terminate = 15;

    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk.Web">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <RestorePackagesPath>packages</RestorePackagesPath>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="Faultline.Anomalies.Hosting" Version="0.1.0" />
          </ItemGroup>
        </Project>
        """;

    private const string Code = """
        using Faultline.Anomalies.Hosting;

        WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
        builder.Services.AddFaultlineAnomalies();
        WebApplication app = builder.Build();
        int orders = 0;
        app.MapPost("/orders", () => ++orders);
        app.MapGet("/orders", () => orders);
        app.Run();
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("a package ");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_package_and_one_line_lose_the_reply_of_an_order()
    {
        await DotNetAsync("pack", "-c", "Release", "--artifacts-path", Path.Combine(_folder.FullName, "artifacts"), "-o", Path.Combine(_folder.FullName, "source"), Path.Combine(Lab.Repository(), "src", "Faultline.Anomalies.Hosting"));
        await WriteAsync("shop.csproj", Project);
        await WriteAsync("Program.cs", Code);
        // Other packages come from where this machine has them, so that nothing is fetched; a machine that has none asks its sources.
        string kept = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        await WriteAsync("nuget.config", $"""
            <configuration>
              <packageSources><add key="faultline" value="../source" /></packageSources>
              <fallbackPackageFolders><add key="kept" value="{kept}" /></fallbackPackageFolders>
            </configuration>
            """);
        await DotNetAsync("build", "-c", "Release", "-o", Path.Combine(_folder.FullName, "app"), Path.Combine(_folder.FullName, "shop", "shop.csproj"));

        using Process shop = Start(Path.Combine(_folder.FullName, "app", "shop.dll"), "--urls", "http://127.0.0.1:0");
        try
        {
            using var http = new HttpClient { BaseAddress = await AddressOfAsync(shop) };
            using var fault = new HttpRequestMessage(HttpMethod.Post, "/anomalies")
            {
                Headers = { { "Authorization", $"Bearer {Token}" } },
                Content = JsonContent.Create(new { point = "http.response.before", kind = "drop", match = new { method = "POST", path = "/orders*" }, trigger = new { once = true } }),
            };
            using HttpResponseMessage set = await http.SendAsync(fault, TestContext.Current.CancellationToken);
            set.StatusCode.ShouldBe(HttpStatusCode.Created);

            await Should.ThrowAsync<HttpRequestException>(() => http.PostAsync("/orders", null, TestContext.Current.CancellationToken));

            (await http.GetFromJsonAsync<int>("/orders", TestContext.Current.CancellationToken)).ShouldBe(1, "the work of the lost reply was done");
        }
        finally
        {
            Lab.Signal(shop.Id, Terminate);
            await shop.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limits.Hang, TestContext.Current.CancellationToken);
        }
    }

    private Task WriteAsync(string name, string text) => File.WriteAllTextAsync(Path.Combine(_folder.CreateSubdirectory("shop").FullName, name), text, TestContext.Current.CancellationToken);

    private Process Start(params string[] arguments)
    {
        var info = new ProcessStartInfo("dotnet", arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder.FullName };
        info.Environment["Faultline__ControlToken"] = Token;
        info.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        info.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        return Process.Start(info)!;
    }

    private async Task DotNetAsync(params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limits.Run, TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, output + await error);
    }

    private static async Task<Uri> AddressOfAsync(Process shop)
    {
        const string Says = "Now listening on: ";
        while (await shop.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Limits.Hang, TestContext.Current.CancellationToken) is { } line)
        {
            int at = line.IndexOf(Says, StringComparison.Ordinal);
            if (at >= 0) return new Uri(line[(at + Says.Length)..].Trim());
        }

        throw new InvalidOperationException($"The application ended: {await shop.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)}");
    }
}
