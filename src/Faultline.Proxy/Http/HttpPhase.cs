namespace Faultline.Proxy.Http;

/// <summary>When an HTTP fault acts.</summary>
public enum HttpPhase
{
    /// <summary>Before the upstream is called: the work is not done.</summary>
    Before,

    /// <summary>After the upstream answered: the work is done, and the reply is lost or changed.</summary>
    After,
}
