namespace Faultline.Hosting.Figures;

/// <summary>Something that fails again and again: its beginning and its end are told, and nothing in between. Not thread-safe.</summary>
/// <param name="begins">Tells the first failure, and why.</param>
/// <param name="ends">Tells that it works again.</param>
internal sealed class Outage(Action<string> begins, Action ends)
{
    private bool _lasts;

    /// <summary>It failed.</summary>
    /// <param name="why">What was said.</param>
    public void Goes(string why)
    {
        if (!_lasts) begins(why);
        _lasts = true;
    }

    /// <summary>It worked.</summary>
    public void Over()
    {
        if (_lasts) ends();
        _lasts = false;
    }
}
