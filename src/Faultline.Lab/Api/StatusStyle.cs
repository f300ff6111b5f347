namespace Faultline.Lab.Api;

/// <summary>The look of the status page, in light and dark.</summary>
internal static class StatusStyle
{
    public const string Text = """
        :root { color-scheme: light dark; --text: light-dark(#1d2733, #dde4ec); --soft: light-dark(#52606d, #9fb0c0); --back: light-dark(#ffffff, #14191f);
          --line: light-dark(#d5dce3, #323c47); --good: light-dark(#1a6b3c, #6fcf97); --bad: light-dark(#a3271c, #ff9d8f); --marked: light-dark(#fff3d6, #46380f); }
        body { margin: 0 auto; padding: 1.5rem; max-width: 75rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); }
        h1 { margin: 0; font-size: 1.5rem; }
        h2 { margin: 2rem 0 .5rem; font-size: 1.15rem; }
        header p { margin: .25rem 0; color: var(--soft); }
        a { color: inherit; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; }
        th, td { padding: .4rem .75rem .4rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
        thead th { color: var(--soft); font-weight: 500; }
        ul { margin: 0; padding: 0; list-style: none; }
        .good { color: var(--good); }
        .bad { color: var(--bad); }
        .marked { background: var(--marked); font-weight: 600; }
        .unknown, .why { color: var(--soft); }
        .why { white-space: pre-wrap; }
        """;
}
