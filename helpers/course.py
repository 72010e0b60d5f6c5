"""The course's table of contents: ten chapters and the 48 section titles of the study guide, which never change."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Chapter:
    """One notebook: its number, title, file stem in `notebooks/`, and section titles by number."""

    number: int
    title: str
    stem: str
    sections: dict[str, str]

    @property
    def file(self) -> str:
        """The name of its notebook's file."""
        return f"{self.stem}.ipynb"


CHAPTERS = (
    Chapter(
        1,
        "Introduction to FastAPI",
        "01_introduction_to_fastapi",
        {
            "1.1": "What is FastAPI?",
            "1.2": "Advantages of FastAPI",
            "1.3": "FastAPI vs Other Frameworks",
            "1.4": "Installation and Setup",
        },
    ),
    Chapter(
        2,
        "Core Concepts",
        "02_core_concepts",
        {
            "2.1": "Asynchronous Programming in Python",
            "2.2": "Understanding Pydantic Models",
            "2.3": "Dependency Injection",
            "2.4": "Routing and Path Operations",
            "2.5": "Request and Response Models",
        },
    ),
    Chapter(
        3,
        "Building APIs with FastAPI",
        "03_building_apis",
        {
            "3.1": "Creating a Basic API",
            "3.2": "Handling GET Requests",
            "3.3": "Handling POST Requests",
            "3.4": "Handling PUT and DELETE Requests",
            "3.5": "Query Parameters and Path Parameters",
            "3.6": "Request Body and JSON Data",
            "3.7": "File Uploads",
        },
    ),
    Chapter(
        4,
        "Advanced Features",
        "04_advanced_features",
        {
            "4.1": "Authentication and Authorization",
            "4.2": "Middleware",
            "4.3": "Background Tasks",
            "4.4": "WebSockets",
            "4.5": "CORS",
            "4.6": "Custom Exception Handling",
        },
    ),
    Chapter(
        5,
        "Database Integration",
        "05_database_integration",
        {
            "5.1": "Connecting to a Database",
            "5.2": "ORM Integration (SQLAlchemy)",
            "5.3": "CRUD Operations with FastAPI",
            "5.4": "Database Migrations",
            "5.5": "Handling Relationships",
        },
    ),
    Chapter(
        6,
        "Testing and Debugging",
        "06_testing_and_debugging",
        {
            "6.1": "Writing Unit Tests",
            "6.2": "Using TestClient for Integration Tests",
            "6.3": "Debugging Techniques",
            "6.4": "Logging and Monitoring",
        },
    ),
    Chapter(
        7,
        "Deployment",
        "07_deployment",
        {
            "7.1": "Deploying FastAPI with Uvicorn",
            "7.2": "Dockerizing FastAPI Applications",
            "7.3": "Deploying to Cloud Platforms (AWS, GCP, Azure)",
            "7.4": "Continuous Integration and Continuous Deployment",
        },
    ),
    Chapter(
        8,
        "Best Practices",
        "08_best_practices",
        {
            "8.1": "Code Organization and Structure",
            "8.2": "Security Best Practices",
            "8.3": "Performance Optimization",
            "8.4": "Documentation and OpenAPI",
            "8.5": "Versioning APIs",
        },
    ),
    Chapter(
        9,
        "Case Studies and Projects",
        "09_case_studies_and_projects",
        {
            "9.1": "Building a RESTful API",
            "9.2": "Implementing a CRUD Application",
            "9.3": "Real-World Project Example",
            "9.4": "Collaborative Project with Team",
        },
    ),
    Chapter(
        10,
        "Exam Preparation",
        "10_exam_preparation",
        {
            "10.1": "Overview of Exam Structure",
            "10.2": "Sample Questions and Answers",
            "10.3": "Practice Exercises",
            "10.4": "Mock Exam Simulation",
        },
    ),
)

START = "00_start_here.ipynb"
TASKS = "appendix_background_tasks.ipynb"
VERSIONS = "appendix_versions.ipynb"
QUEUES = "appendix_queues.ipynb"
SERVICE = "appendix_your_service.ipynb"
CLAIMS = "appendix_claims.ipynb"
INDEX = "appendix_index.ipynb"
APPENDICES = {
    TASKS: "Background tasks: every rule",
    VERSIONS: "Which version does what",
    QUEUES: "Which queue does what",
    SERVICE: "Your own service",
    CLAIMS: "The claims",
    INDEX: "Index and questions",
}  # file -> title, in their order
GENERATED = (CLAIMS, INDEX)  # nobody writes these: each is made from its data and the other notebooks


@dataclass(frozen=True)
class Way:
    """A way through the course: what it promises in minutes, and its sections in order; "2.0" is what opens chapter 2.

    Without sections it is every chapter, and takes what they take.
    """

    title: str
    promises: int = 0
    sections: tuple[str, ...] = ()


WAYS = (
    Way("The whole course"),
    Way(
        "FastAPI in a day",
        8 * 60,
        ("1.0", "1.1", "2.0", "2.1", "2.2", "2.3", "3.1", "3.3", "4.1", "4.3", "5.1", "5.3", "6.2"),
    ),
    Way("Background tasks in two hours", 2 * 60, ("1.0", "2.0", "4.3", "7.0")),
)
