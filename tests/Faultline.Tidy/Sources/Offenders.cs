namespace Faultline.Tidy.Sources;

internal static class Offenders
{
    /// <summary>Fails with one line for each offender, as an editor understands it.</summary>
    public static void ShouldBeNone(this IEnumerable<string> offenders)
    {
        string[] all = [.. offenders];
        if (all.Length > 0) Assert.Fail(string.Join('\n', all.Prepend($"{all.Length} to tidy:")));
    }

    /// <summary>Fails unless the rule bites exactly once, and names what it found.</summary>
    public static void ShouldBite(this IEnumerable<string> offenders, string naming) => offenders.ShouldHaveSingleItem().ShouldContain(naming);
}
