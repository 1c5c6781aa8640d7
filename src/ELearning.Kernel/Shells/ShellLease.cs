using Microsoft.Extensions.DependencyInjection;

namespace ELearning.Shells;

/// <summary>A right to use a shell. While it is held the shell lives, whatever is switched meanwhile.</summary>
internal sealed class ShellLease(Shell shell) : IAsyncDisposable
{
    public Shell Shell => shell;

    /// <summary>Services for one unit of work outside a request. The shell is the current one until the scope is disposed.</summary>
    public ShellScope OpenScope() => new(shell);

    public ValueTask DisposeAsync() => shell.ReleaseAsync();
}

internal sealed class ShellScope(Shell shell) : IAsyncDisposable
{
    private readonly AsyncServiceScope _scope = shell.CreateScope();
    private readonly IDisposable _current = shell.Enter();

    public IServiceProvider Services => _scope.ServiceProvider;

    public async ValueTask DisposeAsync()
    {
        await _scope.DisposeAsync();
        _current.Dispose();
    }
}
