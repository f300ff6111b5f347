using System.Diagnostics;

namespace Faultline.EndToEnd;

/// <summary>The native code that the launcher gives to its build.</summary>
public sealed class NativeCodeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("native code ");

    private string Build => Path.Combine(_folder.FullName, "a build");

    private string Kept => Path.Combine(_folder.FullName, "kept");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Assemblies_get_native_code_and_what_is_none_stays_as_it_is()
    {
        Directory.CreateDirectory(Build);
        string assembly = Path.Combine(Build, "Shouldly.dll");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Shouldly.dll"), assembly);
        byte[] plain = await File.ReadAllBytesAsync(assembly, TestContext.Current.CancellationToken);
        string broken = Path.Combine(Build, "Broken.dll");
        await File.WriteAllTextAsync(broken, "no assembly", TestContext.Current.CancellationToken);

        await PrecompileAsync();

        byte[] compiled = await File.ReadAllBytesAsync(assembly, TestContext.Current.CancellationToken);
        compiled.Length.ShouldBeGreaterThan(plain.Length);
        compiled.ShouldBe(await File.ReadAllBytesAsync(Directory.GetFiles(Kept).ShouldHaveSingleItem(), TestContext.Current.CancellationToken));
        (await File.ReadAllTextAsync(broken, TestContext.Current.CancellationToken)).ShouldBe("no assembly");
        Directory.GetFiles(Build).Select(Path.GetFileName).ShouldBe(["Broken.dll", "Shouldly.dll"], ignoreOrder: true);
    }

    [Fact]
    public async Task What_was_compiled_before_is_taken_and_not_compiled_again()
    {
        Directory.CreateDirectory(Build);
        string assembly = Path.Combine(Build, "Shouldly.dll");
        string source = Path.Combine(AppContext.BaseDirectory, "Shouldly.dll");
        File.Copy(source, assembly);
        await PrecompileAsync();
        await File.WriteAllTextAsync(Directory.GetFiles(Kept).ShouldHaveSingleItem(), "kept", TestContext.Current.CancellationToken);
        File.Copy(source, assembly, overwrite: true);

        await PrecompileAsync();

        (await File.ReadAllTextAsync(assembly, TestContext.Current.CancellationToken)).ShouldBe("kept");
    }

    private async Task PrecompileAsync()
    {
        string program = Path.Combine(Lab.Repository(), "eng", "precompile", "precompile");
        using Process process = Process.Start(new ProcessStartInfo(program, [Kept, Build]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Limits.Run, TestContext.Current.CancellationToken);
        Assert.SkipWhen(output.Contains("error NU1", StringComparison.Ordinal), "the package of the compiler cannot be fetched here");
        process.ExitCode.ShouldBe(0, output + await error);
    }
}
