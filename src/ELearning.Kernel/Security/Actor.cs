namespace ELearning;

public enum ActorKind
{
    /// <summary>A visitor who has not signed in.</summary>
    Nobody,
    Person,

    /// <summary>A person who came by an LTI launch: may be shown in that platform's frame.</summary>
    LtiLaunch,
    ApiKey,
    Job,
    Platform,
}

/// <summary>Who acts in this request or job. Injected; never changes within it.</summary>
/// <param name="Id">The person, or the key. Empty for the rest.</param>
/// <param name="Name">As shown to people; the job's name for a job.</param>
public sealed record Actor(ActorKind Kind, Guid Id, string Name)
{
    public static readonly Actor Nobody = new(ActorKind.Nobody, Guid.Empty, "");

    /// <summary>The installation itself: commands, recipes, set-up.</summary>
    public static readonly Actor Platform = new(ActorKind.Platform, Guid.Empty, "Platform");

    public static Actor Job(string name) => new(ActorKind.Job, Guid.Empty, name);

    /// <summary>Whose permissions count.</summary>
    public Guid? Person => Kind is ActorKind.Person or ActorKind.LtiLaunch or ActorKind.ApiKey ? Id : null;

    public bool IsSignedIn => Person is not null;

    /// <summary>Who really sits there, when somebody acts for this person.</summary>
    public Guid? ActedBy { get; init; }

    /// <summary>Of the person; its name in their row.</summary>
    public string? Picture { get; init; }

    public string? Culture { get; init; }

    public string? Zone { get; init; }

    public Guid? Session { get; init; }

    /// <summary>As the session read it; null: to be read. What is remembered of permissions counts for one version only.</summary>
    internal long? PermissionVersion { get; init; }
}

/// <summary>Where the actor of a request or job is said, once, before anybody asks for it.</summary>
public sealed class CurrentActor
{
    private Actor? _actor;
    private bool _read;

    public Actor Actor
    {
        get
        {
            _read = true;
            return _actor ?? Actor.Nobody;
        }
    }

    public void Set(Actor actor)
    {
        if (_actor is not null) throw new InvalidOperationException($"This scope has its actor already: {_actor.Kind}.");
        if (_read) throw new InvalidOperationException("The actor of this scope was asked for before it was known, and somebody took it for nobody.");
        _actor = actor;
    }
}
